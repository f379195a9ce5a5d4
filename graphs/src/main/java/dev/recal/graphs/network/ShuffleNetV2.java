package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.Norm;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * ShuffleNetV2: half of the channels pass a block unchanged, and blocks mix the halves.
 *
 * <p>Ma, Zhang, Zheng, Sun 2018 (arXiv 1807.11164). Two forms of a block are in use, see {@link
 * Mixing}: torchvision's, and the one of the paper's and of DRConv's authors (github
 * megvii-model/ShuffleNet-Series, megvii-research/DRConv). They agree where a stage doubles the
 * channels, so at 0.5×; in the others the first block of the first stage differs. DRConv's code
 * also has biases in the first and the last convolution.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3}). The
 * branch is {@code stage1/block0/conv1}, {@code bn1} (1×1), {@code conv2}, {@code bn2} (depthwise),
 * {@code conv3}, {@code bn3} (1×1), {@code recalibration}, {@code guide} (where 1×1 convolutions
 * are dynamic by region: one for the block, of the branch's input). A block that strides has {@code
 * stage1/block0/shortcut/conv1}, {@code bn1} (depthwise), {@code conv2}, {@code bn2} (1×1). {@code
 * last/conv}, {@code last/bn}; {@code head/dense}. Convolutions start He-normal by fan-out; the
 * head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem} (after its activation, before its pooling), {@code stage1} to the last,
 * {@code last}.
 *
 * @param stages channels of each stage; each stage halves the map
 * @param repeats blocks of each stage
 * @param channels of the stem
 * @param lastChannels of the last 1×1
 * @param width multiplies every count of channels, which is then rounded to a multiple of 8; 1 in
 *     all published sizes
 * @param mixing how a block's input is halved and its output put together
 * @param biasedEnds whether the first and the last convolution have a bias
 * @param spatial what stands in place of each branch's depthwise 3×3; empty for the convolution
 * @param pointwise what stands in place of both 1×1 convolutions of each branch; empty for them
 * @param stem what comes before the first stage; {@code IMAGENET} is 3×3 with stride 2, then
 *     pooling
 * @param norm after every convolution
 * @param attentive at which places an attentive norm stands instead: {@code BN1} to {@code BN3},
 *     {@code SHORTCUT} and {@code STEM}
 * @param recalibration in every block, in the scope {@code recalibration}; empty for none
 * @param place where in the block: at the end of the branch ({@code BRANCH_END}), after its
 *     depthwise 3×3 and norm ({@code SPATIAL}), or on the whole output ({@code AFTER_ADDITION})
 * @param classes of the head
 * @param dropout the share of the head's inputs that training drops
 * @param normalization of the images' colours
 */
public record ShuffleNetV2(
    List<Integer> stages,
    List<Integer> repeats,
    int channels,
    int lastChannels,
    double width,
    Mixing mixing,
    boolean biasedEnds,
    Optional<SpatialLayer> spatial,
    Optional<SpatialLayer> pointwise,
    ResNet.Stem stem,
    Norm norm,
    Optional<AttentivePlaces> attentive,
    Optional<Layer> recalibration,
    ResNet.Place place,
    int classes,
    float dropout,
    ImageNormalization normalization)
    implements Network {

  /** How the halves of a block's channels meet. */
  public enum Mixing {
    /**
     * The first half passes, the second goes through the branch, and the channels of both come in
     * turn behind it. A block that strides makes half of its output in each part. As in
     * torchvision.
     */
    SHUFFLE,
    /**
     * The even channels pass, the odd ones go through the branch, whose output comes behind the
     * others without a shuffle. In a block that strides the shortcut keeps the input's number of
     * channels and the branch makes the others. As in the authors' code.
     */
    ALTERNATE
  }

  /** Refuses settings that make no network. */
  public ShuffleNetV2 {
    NetworkChecks.requirePresent("mixing", mixing, "spatial", spatial, "pointwise", pointwise);
    NetworkChecks.requirePresent("stem", stem, "norm", norm, "attentive", attentive);
    NetworkChecks.requirePresent("recalibration", recalibration, "place", place);
    NetworkChecks.requirePresent("normalization", normalization);
    stages = NetworkChecks.positive("stages", stages);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("lastChannels", lastChannels);
    NetworkChecks.requireWidth(width);
    NetworkChecks.requireHead(classes, dropout);
    Pointwise.require(pointwise);
    if (stages.size() != repeats.size() || stages.stream().anyMatch(count -> count % 2 != 0)) {
      throw new IllegalArgumentException(
          "stages: expected an even number of channels for each of the "
              + repeats.size()
              + " repeats, but "
              + stages
              + " came.");
    }
    EnumSet<NormPlace> places = EnumSet.allOf(NormPlace.class);
    NetworkChecks.requireFits(attentive, "ShuffleNetV2", places, stages.size());
    int before = NetworkChecks.scaled(channels, width);
    for (int count : stages) {
      int after = NetworkChecks.scaled(count, width);
      if (mixing == Mixing.ALTERNATE && after <= before) {
        throw new IllegalArgumentException(
            "stages: with ALTERNATE each stage has more channels than what comes before it, but "
                + after
                + " came after "
                + before
                + ".");
      }
      before = after;
    }
  }

  /** 1.0× for ImageNet. */
  public static ShuffleNetV2 defaults() {
    return imagenet("1.0");
  }

  /**
   * A network for ImageNet with torchvision's blocks: 1,000 classes, batch norm, no recalibration.
   *
   * @param size 0.5, 1.0, 1.5 or 2.0
   */
  public static ShuffleNetV2 imagenet(String size) {
    List<Integer> stages =
        switch (size) {
          case "0.5" -> List.of(48, 96, 192);
          case "1.0" -> List.of(116, 232, 464);
          case "1.5" -> List.of(176, 352, 704);
          case "2.0" -> List.of(244, 488, 976);
          default ->
              throw new IllegalArgumentException(
                  "size: expected 0.5, 1.0, 1.5 or 2.0, but " + size + " came.");
        };
    int last = size.equals("2.0") ? 2048 : 1024;
    return new ShuffleNetV2Builder().stages(stages, List.of(4, 8, 4)).channels(24, last).build();
  }

  /** Returns a builder that starts with these settings. */
  public ShuffleNetV2Builder with() {
    return new ShuffleNetV2Builder(this);
  }

  @Override
  public ShuffleNetV2 withClasses(int count) {
    return with().classes(count).build();
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return new ShuffleNetV2Graph(this).build(context, images);
  }
}
