package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.norm.Norm;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Densely connected networks: each layer sees what all layers of its stage before it made.
 *
 * <p>Huang, Liu, van der Maaten, Weinberger 2017, "Densely Connected Convolutional Networks" (arXiv
 * 1608.06993), DenseNet-BC as in torchvision: a layer is norm, ReLU, 1×1, norm, ReLU, 3×3, and its
 * {@code growth} channels join its input; a transition is norm, ReLU, 1×1 to half the channels, 2×2
 * average pooling.
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn} (a deep stem has {@code conv1} to {@code bn3});
 * {@code stage1/layer0/bn1}, {@code conv1}, {@code bn2}, {@code conv2}, {@code recalibration};
 * {@code stage1/transition/bn}, {@code stage1/transition/conv}; the last norm is {@code last/bn};
 * {@code head/dense}. Convolutions have no bias and start He-normal by fan-out; the head starts at
 * U(±1/√C).
 *
 * <p>Stages: {@code stem} (after its activation, before its pooling), {@code stage1} to the last,
 * each after the norm and activation that follow its layers.
 *
 * @param repeats layers of each stage; each stage after the first halves the map
 * @param growth channels that a layer adds
 * @param bottleneck the 1×1's channels as a multiple of the growth
 * @param channels of the stem
 * @param width multiplies growth and the stem's channels, which are then rounded to multiples of 8
 * @param groups of each 3×3
 * @param spatial what stands in place of each 3×3; empty for the convolution
 * @param stem what comes before the first stage
 * @param norm before every activation
 * @param attentive at which places an attentive norm stands instead: {@code BN1} and {@code BN2} in
 *     the layers, {@code SHORTCUT} in transitions and at the end, {@code STEM}; published at {@code
 *     BN2}
 * @param recalibration in every layer or stage, in the scope {@code recalibration}; empty for none
 * @param place where it stands: on what a layer adds ({@code BRANCH_END} and {@code SPATIAL}) or on
 *     the whole map at the end of a stage ({@code AFTER_ADDITION})
 * @param classes of the head
 * @param dropout the share of the head's inputs that training drops
 * @param normalization of the images' colours
 */
public record DenseNet(
    List<Integer> repeats,
    int growth,
    int bottleneck,
    int channels,
    double width,
    int groups,
    Optional<SpatialLayer> spatial,
    ResNet.Stem stem,
    Norm norm,
    Optional<AttentivePlaces> attentive,
    Optional<Layer> recalibration,
    ResNet.Place place,
    int classes,
    float dropout,
    ImageNormalization normalization)
    implements Network {

  /** Refuses settings that make no network. */
  public DenseNet {
    NetworkChecks.requirePresent("spatial", spatial, "stem", stem, "norm", norm);
    NetworkChecks.requirePresent("attentive", attentive, "recalibration", recalibration);
    NetworkChecks.requirePresent("place", place, "normalization", normalization);
    repeats = NetworkChecks.positive("repeats", repeats);
    NetworkChecks.requirePositive("growth", growth);
    NetworkChecks.requirePositive("bottleneck", bottleneck);
    NetworkChecks.requirePositive("channels", channels);
    NetworkChecks.requirePositive("groups", groups);
    NetworkChecks.requireWidth(width);
    NetworkChecks.requireHead(classes, dropout);
    EnumSet<NormPlace> places = EnumSet.complementOf(EnumSet.of(NormPlace.BN3));
    NetworkChecks.requireFits(attentive, "DenseNet", places, repeats.size());
    if (spatial.isPresent() && groups != 1) {
      throw new IllegalArgumentException(
          "groups: a spatial layer replaces the grouped convolution, so 1 was expected, but "
              + groups
              + " came.");
    }
  }

  /** DenseNet-121 for ImageNet. */
  public static DenseNet defaults() {
    return imagenet(121);
  }

  /**
   * A network for ImageNet: growth 32, 1,000 classes, batch norm, no recalibration.
   *
   * @param depth 121, 169 or 201
   */
  public static DenseNet imagenet(int depth) {
    List<Integer> repeats =
        switch (depth) {
          case 121 -> List.of(6, 12, 24, 16);
          case 169 -> List.of(6, 12, 32, 32);
          case 201 -> List.of(6, 12, 48, 32);
          default ->
              throw new IllegalArgumentException(
                  "depth: expected 121, 169 or 201, but " + depth + " came.");
        };
    return new DenseNetBuilder().repeats(repeats).build();
  }

  /** Returns a builder that starts with these settings. */
  public DenseNetBuilder with() {
    return new DenseNetBuilder(this);
  }

  @Override
  public DenseNet withClasses(int count) {
    return with().classes(count).build();
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return new DenseNetGraph(this).build(context, images);
  }

  /** Returns what the layers are made of. */
  BlockParts parts() {
    return new BlockParts(norm, attentive, recalibration, place, Activation.RELU);
  }
}
