package dev.recal.graphs.detection;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.detection.AnchorGrid;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import java.util.List;
import java.util.Objects;

/**
 * RetinaNet: a detector of one stage.
 *
 * <p>Lin et al. 2017, "Focal Loss for Dense Object Detection" (arXiv 1708.02002). Scopes: {@code
 * backbone}, {@code fpn}, {@code retina}.
 *
 * @param conventions what coordinates of boxes mean, and the form of anchors
 * @param classes without background, each with a sigmoid
 * @param backbone a network with stages of the strides from the pyramid's finest to 32
 * @param pyramid its feature pyramid
 * @param head on each level
 */
public record RetinaNet(
    Conventions conventions, int classes, Network backbone, FeaturePyramid pyramid, RetinaHead head)
    implements Detector {

  /** Rejects missing settings and counts below 1. */
  public RetinaNet {
    Objects.requireNonNull(conventions, "conventions");
    Objects.requireNonNull(backbone, "backbone");
    Objects.requireNonNull(pyramid, "pyramid");
    Objects.requireNonNull(head, "head");
    Arguments.atLeast(1, "classes", classes);
  }

  /** On ResNet-50, with 80 classes and the conventions of mmdetection 2. */
  public static RetinaNet defaults() {
    return new RetinaNet(
        Conventions.PLAIN, 80, ResNet.imagenet(50), FeaturePyramid.retina(), RetinaHead.defaults());
  }

  @Override
  public RetinaNet withClasses(int count) {
    return new RetinaNet(conventions, count, backbone, pyramid, head);
  }

  @Override
  public AnchorGrid anchors(int stride) {
    return AnchorGrid.retina(conventions, stride);
  }

  /**
   * {@inheritDoc}
   *
   * @return for each level, logits (N, anchors, classes) and deltas
   */
  @Override
  public List<AnchorOutput> anchorOutputs(BuildContext context, Pyramid levels) {
    return head.build(context.at("retina"), levels, anchorsPerCell(), classes);
  }
}
