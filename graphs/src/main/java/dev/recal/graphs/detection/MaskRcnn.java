package dev.recal.graphs.detection;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import dev.recal.ops.detection.AnchorGrid;
import dev.recal.ops.detection.Conventions;
import dev.recal.ops.detection.Pyramid;
import dev.recal.ops.detection.RoiAlign;
import dev.recal.ops.norm.GroupNorm;
import dev.recal.ops.norm.Norm;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Mask R-CNN on a feature pyramid: region proposals, and heads on regions; with several stages of
 * heads, Cascade Mask R-CNN.
 *
 * <p>He et al. 2017, "Mask R-CNN" (arXiv 1703.06870); Cai and Vasconcelos 2018, "Cascade R-CNN"
 * (arXiv 1712.00726); with attentive norms, Li, Sun, Wu 2020 (arXiv 1908.01259): those rows of its
 * tables whose heads have norms are {@link #normalised}, the others have norms in the backbone
 * only.
 *
 * <p>Scopes: {@code backbone}, {@code fpn}, {@code rpn}, {@code box}, {@code mask}; of a cascade
 * {@code box1}, {@code mask1} and so on.
 *
 * @param conventions what coordinates of boxes mean, the form of anchors and of RoIAlign, and the
 *     place of the background class
 * @param classes without background
 * @param backbone a network with stages of the strides from the pyramid's finest to 32
 * @param pyramid its feature pyramid
 * @param proposals the head of region proposals
 * @param stages the heads on regions; with several, the regions of each are the boxes of the one
 *     before
 */
public record MaskRcnn(
    Conventions conventions,
    int classes,
    Network backbone,
    FeaturePyramid pyramid,
    ProposalHead proposals,
    List<RegionStage> stages)
    implements Detector {

  private static final int COARSEST_POOLED = 32;

  /** Rejects missing settings, counts below 1, and cascades with a box for each class. */
  public MaskRcnn {
    Objects.requireNonNull(conventions, "conventions");
    Objects.requireNonNull(backbone, "backbone");
    Objects.requireNonNull(pyramid, "pyramid");
    Objects.requireNonNull(proposals, "proposals");
    stages = List.copyOf(stages);
    Arguments.atLeast(1, "classes", classes);
    Arguments.require(!stages.isEmpty(), "stages", "at least one stage", stages);
    if (stages.size() > 1) {
      for (RegionStage stage : stages) {
        Arguments.require(
            stage.boxes().agnostic(), "stages", "one box for all classes in a cascade", stage);
      }
    }
    boolean masks = stages.get(0).masks().isPresent();
    Arguments.require(
        stages.stream().allMatch(stage -> stage.masks().isPresent() == masks),
        "stages",
        "masks in all stages or in none",
        stages);
  }

  /** Mask R-CNN on ResNet-50 with {@code 2fc}, 80 classes and the conventions of mmdetection 1. */
  public static MaskRcnn defaults() {
    return of(ResNet.imagenet(50), BoxHead.defaults());
  }

  /**
   * Mask R-CNN with 80 classes and the conventions of mmdetection 1, without norms in its heads.
   */
  public static MaskRcnn of(Network backbone, BoxHead boxes) {
    return of(backbone, List.of(RegionStage.of(boxes, Optional.of(MaskHead.defaults()))));
  }

  /** Cascade Mask R-CNN with {@code 2fc}, 80 classes and the conventions of mmdetection 1. */
  public static MaskRcnn cascade(Network backbone) {
    return of(backbone, RegionStage.cascade(BoxHead.defaults(), Optional.of(MaskHead.defaults())));
  }

  private static MaskRcnn of(Network backbone, List<RegionStage> stages) {
    return new MaskRcnn(
        Conventions.LEGACY,
        80,
        backbone,
        FeaturePyramid.defaults(),
        ProposalHead.defaults(),
        stages);
  }

  /**
   * Mask R-CNN with group norm in the pyramid and the mask head. The RPN has no norm.
   *
   * @param boxes with its own norms: {@link BoxHead#attentive()}, or {@code 4conv1fc} with group
   *     norm
   */
  public static MaskRcnn normalised(Network backbone, BoxHead boxes) {
    Norm norm = GroupNorm.defaults();
    MaskRcnn plain = of(backbone, boxes);
    return new MaskRcnn(
        plain.conventions(),
        plain.classes(),
        backbone,
        plain.pyramid().norm(norm),
        plain.proposals(),
        List.of(RegionStage.of(boxes, Optional.of(MaskHead.defaults().norm(norm)))));
  }

  /** Returns a copy with other conventions. */
  public MaskRcnn conventions(Conventions others) {
    return new MaskRcnn(others, classes, backbone, pyramid, proposals, stages);
  }

  @Override
  public MaskRcnn withClasses(int count) {
    return new MaskRcnn(conventions, count, backbone, pyramid, proposals, stages);
  }

  /** Returns a copy on another backbone. */
  public MaskRcnn backbone(Network other) {
    return new MaskRcnn(conventions, classes, other, pyramid, proposals, stages);
  }

  /** Returns the place of each class in the outputs of the heads on regions. */
  public ClassLayout layout() {
    return ClassLayout.of(conventions, classes);
  }

  @Override
  public AnchorGrid anchors(int stride) {
    return AnchorGrid.proposals(conventions, stride, proposals.scales());
  }

  /**
   * Adds the head of region proposals to each level.
   *
   * @return for each level, logits (N, anchors, 1) and deltas
   */
  @Override
  public List<AnchorOutput> anchorOutputs(BuildContext context, Pyramid levels) {
    return proposals.build(context.at("rpn"), levels, anchorsPerCell());
  }

  /**
   * Adds the box head of a stage.
   *
   * @param context of the whole detector
   * @param stage from 0
   * @param levels of {@link #features}; those above stride 32 are not used
   * @param boxes (R, 4)
   * @param images (R): the index of each box's image
   */
  public BoxOutput boxes(
      BuildContext context,
      int stage,
      Pyramid levels,
      Operand<TFloat32> boxes,
      Operand<TInt32> images) {
    return boxes(context, stage, levels, boxes, images, false);
  }

  /** Adds the head, with regions that may be gathered in any case. */
  BoxOutput boxes(
      BuildContext context,
      int stage,
      Pyramid levels,
      Operand<TFloat32> boxes,
      Operand<TInt32> images,
      boolean gathered) {
    BuildContext scope = scope(context, "box", stage);
    BoxHead head = stages.get(stage).boxes();
    return head.build(
        scope, regions(scope, head.size(), levels, boxes, images, gathered), layout());
  }

  /**
   * Adds the mask head of a stage; its regions may be others than those of the box head.
   *
   * @param context of the whole detector
   * @param stage from 0
   * @param levels of {@link #features}; those above stride 32 are not used
   * @param boxes (R, 4)
   * @param images (R): the index of each box's image
   * @return logits (R, height, width, {@link ClassLayout#regressed})
   * @throws IllegalArgumentException if the stage has no masks
   */
  public Operand<TFloat32> masks(
      BuildContext context,
      int stage,
      Pyramid levels,
      Operand<TFloat32> boxes,
      Operand<TInt32> images) {
    return masks(context, stage, levels, boxes, images, false);
  }

  /** Adds the head, with regions that may be gathered in any case. */
  Operand<TFloat32> masks(
      BuildContext context,
      int stage,
      Pyramid levels,
      Operand<TFloat32> boxes,
      Operand<TInt32> images,
      boolean gathered) {
    MaskHead head =
        stages
            .get(stage)
            .masks()
            .orElseThrow(
                () -> new IllegalArgumentException("stage: expected masks, but it has none."));
    BuildContext scope = scope(context, "mask", stage);
    return head.build(
        scope, regions(scope, head.size(), levels, boxes, images, gathered), layout());
  }

  private Operand<TFloat32> regions(
      BuildContext scope,
      int size,
      Pyramid levels,
      Operand<TFloat32> boxes,
      Operand<TInt32> images,
      boolean gathered) {
    int pooled =
        (int) levels.strides().stream().filter(stride -> stride <= COARSEST_POOLED).count();
    Pyramid used =
        new Pyramid(levels.maps().subList(0, pooled), levels.strides().subList(0, pooled));
    RoiAlign pooling = RoiAlign.of(conventions, size);
    Ops tf = scope.at("regions").tf();
    if (gathered) {
      return pooling.gathered(tf, used, boxes, images);
    }
    // CropAndResize has no gradient that can be trusted.
    return scope.differentiable()
        ? pooling.sparseProduct(tf, used, boxes, images)
        : pooling.build(tf, used, boxes, images);
  }

  private BuildContext scope(BuildContext context, String head, int stage) {
    return context.at(stages.size() == 1 ? head : head + (stage + 1));
  }
}
