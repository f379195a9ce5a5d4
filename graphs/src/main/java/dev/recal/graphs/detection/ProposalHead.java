package dev.recal.graphs.detection;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.initializer.Normal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The head of region proposals, RPN: for each anchor, whether it has an object, and the object's
 * box. All levels share it.
 *
 * <p>Ren et al. 2015, "Faster R-CNN" (arXiv 1506.01497). 3×3 convolutions with ReLU, then a 1×1 to
 * the logits and one to the boxes. Kernels start at N(0, 0.01²), biases at 0.
 *
 * <p>Scopes: {@code conv1} and so on, {@code objectness}, {@code boxes}.
 *
 * @param channels of the 3×3 convolutions
 * @param convolutions how many: 1, or 2 in torchvision's second version
 * @param scales the sizes of a cell's anchors, in strides of its level; each has the ratios 0.5, 1
 *     and 2
 */
public record ProposalHead(int channels, int convolutions, List<Double> scales) {

  private static final Initializer START = new Normal(0, 0.01f);

  /** Rejects counts below 1. */
  public ProposalHead {
    Arguments.atLeast(1, "channels", channels);
    Arguments.atLeast(1, "convolutions", convolutions);
    scales = List.copyOf(scales);
    Arguments.require(!scales.isEmpty(), "scales", "at least one number", scales);
    scales.forEach(scale -> Arguments.positive("scales", scale));
  }

  /** Anchors of one scale, 8, as published. */
  public ProposalHead(int channels, int convolutions) {
    this(channels, convolutions, List.of(8.));
  }

  /** One convolution of 256 channels. */
  public static ProposalHead defaults() {
    return new ProposalHead(256, 1);
  }

  /**
   * Adds the head to each level.
   *
   * @param anchors of a cell
   * @return for each level, logits (N, anchors, 1) and deltas
   */
  public List<AnchorOutput> build(BuildContext context, Pyramid pyramid, int anchors) {
    Arguments.atLeast(1, "anchors", anchors);
    ConvolutionTower tower = ConvolutionTower.of(channels, convolutions, Optional.empty(), START);
    Conv2d objectness = Conv2d.of(anchors, 1).biased().initializer(START);
    Conv2d boxes = Conv2d.of(4 * anchors, 1).biased().initializer(START);
    List<AnchorOutput> levels = new ArrayList<>();
    for (Operand<TFloat32> map : pyramid.maps()) {
      BuildContext scope = levels.isEmpty() ? context : context.repeated();
      Operand<TFloat32> x = tower.build(scope, map);
      Operand<TFloat32> logits = objectness.build(scope.at("objectness"), x);
      Operand<TFloat32> deltas = boxes.build(scope.at("boxes"), x);
      levels.add(
          new AnchorOutput(
              AnchorOutput.byAnchor(scope.tf(), logits, 1),
              AnchorOutput.byAnchor(scope.tf(), deltas, 4)));
    }
    return levels;
  }
}
