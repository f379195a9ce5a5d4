package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.norm.Norm;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Residual networks, with the settings in which their published forms differ.
 *
 * <p>He et al. 2016, "Deep Residual Learning for Image Recognition" (arXiv 1512.03385), with the
 * stride in the 3×3 as in torchvision; CIFAR networks of the same paper, section 4.2; ResNeXt by
 * {@code groups} (Xie et al. 2017, arXiv 1611.05431); V1d by {@link Stem#DEEP} and {@link
 * Shortcut#AVERAGE_PROJECTION} (He et al. 2019, "Bag of Tricks", arXiv 1812.01187).
 *
 * <p>Scopes: {@code stem/conv}, {@code stem/bn}; {@code stage1/block0/conv1}, {@code
 * stage1/block0/bn1}, …, {@code stage1/block0/shortcut/conv}, {@code stage1/block0/shortcut/bn},
 * {@code stage1/block0/recalibration}; {@code head/dense}. The norms' scopes are called {@code bn}
 * whatever the norm. A deep stem has {@code stem/conv1} to {@code stem/bn3}. Convolutions have no
 * bias and start He-normal by fan-out; the head starts at U(±1/√C).
 *
 * <p>Stages: {@code stem} (after its activation, before its pooling), {@code stage1} to the last.
 *
 * @param block the form of the residual branch
 * @param repeats blocks of each stage; each stage after the first halves the map
 * @param channels the inner channels of the first stage, doubled in each further one
 * @param width multiplies every count of channels, which is then rounded to a multiple of 8
 * @param groups of the 3×3 in a bottleneck; 1 for an ordinary one
 * @param groupWidth channels of a group at 64 inner channels; 64 with one group is the ordinary one
 * @param spatial what stands in place of the 3×3 of a bottleneck, or of the second 3×3 of a basic
 *     block, which keeps size and channels; empty for the convolution
 * @param stem what comes before the first stage
 * @param shortcut how a shortcut changes size and channels
 * @param stridePlace which convolution of a bottleneck strides
 * @param norm after every convolution
 * @param attentive at which places an attentive norm stands instead; empty for none
 * @param zeroInitialised whether the last norm of each branch starts with γ = 0
 * @param recalibration in every block, in the scope {@code recalibration}; empty for none
 * @param place where in the block it stands
 * @param fusion whether training computes a norm with what follows it as one operation
 * @param classes of the head
 * @param dropout the share of the head's inputs that training drops
 * @param normalization of the images' colours
 */
public record ResNet(
    Block block,
    List<Integer> repeats,
    int channels,
    double width,
    int groups,
    int groupWidth,
    Optional<SpatialLayer> spatial,
    Stem stem,
    Shortcut shortcut,
    StridePlace stridePlace,
    Norm norm,
    Optional<AttentivePlaces> attentive,
    boolean zeroInitialised,
    Optional<Layer> recalibration,
    Place place,
    Fusion fusion,
    int classes,
    float dropout,
    ImageNormalization normalization)
    implements Network {

  /** The residual branch. */
  public enum Block {
    /** Two 3×3 convolutions. */
    BASIC,
    /** 1×1, 3×3, 1×1; the last has four times the channels. */
    BOTTLENECK
  }

  /** What comes before the first stage. */
  public enum Stem {
    /** 7×7 with stride 2, then 3×3 max-pooling with stride 2. */
    IMAGENET,
    /** Three 3×3, the first with stride 2 and the first two with half the channels; max-pooling. */
    DEEP,
    /** 3×3 with stride 1, without pooling: for small images. */
    CIFAR
  }

  /** A shortcut where the block changes the map's size or channels. */
  public enum Shortcut {
    /** A strided 1×1 convolution and a norm. */
    PROJECTION,
    /** 2×2 average pooling, then 1×1 convolution and norm. */
    AVERAGE_PROJECTION,
    /** Every second pixel, with zeros for the missing channels, half before and half behind. */
    ZERO_PADDING
  }

  /** The convolution of a bottleneck that strides; a basic block strides in its first. */
  public enum StridePlace {
    /** The 3×3. */
    SPATIAL,
    /** The first 1×1, as the first publication has it. */
    FIRST
  }

  /** Where a block is recalibrated. */
  public enum Place {
    /** At the end of the residual branch, before the addition. */
    BRANCH_END,
    /**
     * After the 3×3 of a bottleneck, its norm and activation; in a basic block after the second
     * convolution and its norm, which is the branch's end.
     */
    SPATIAL,
    /** After the addition and its activation. */
    AFTER_ADDITION
  }

  /**
   * How training computes batch norm followed by a gate, and attentive norm over it. Variables,
   * statistics, published values and everything but training are the same in either form.
   */
  public enum Fusion {
    /** Operation after operation: the reference. */
    NAIVE,
    /** Batch norm with its gate, the addition and the activation as one operation on the map. */
    GATES,
    /**
     * Attentive norm over batch norm as well. In float32 it agrees with the reference like gates
     * do; after the rewrite to bfloat16 it was further from float32 than the reference is, in
     * training on maps of 8×8 and less by 1.6 times in the mean of six seeds and 4.4 at worst.
     */
    FUSED
  }

  /** Refuses settings that make no network. */
  public ResNet {
    Objects.requireNonNull(block, "block");
    Objects.requireNonNull(spatial, "spatial");
    Objects.requireNonNull(stem, "stem");
    Objects.requireNonNull(shortcut, "shortcut");
    Objects.requireNonNull(stridePlace, "stridePlace");
    Objects.requireNonNull(norm, "norm");
    Objects.requireNonNull(attentive, "attentive");
    Objects.requireNonNull(recalibration, "recalibration");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(fusion, "fusion");
    Objects.requireNonNull(normalization, "normalization");
    repeats = List.copyOf(repeats);
    if (repeats.isEmpty() || repeats.stream().anyMatch(count -> count < 1)) {
      throw new IllegalArgumentException(
          "repeats: expected one or more stages of at least 1 block, but " + repeats + " came.");
    }
    requirePositive("channels", channels);
    requirePositive("groups", groups);
    requirePositive("groupWidth", groupWidth);
    requirePositive("classes", classes);
    if (!(width > 0)) {
      throw new IllegalArgumentException(
          "width: expected a positive multiplier, but " + width + " came.");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "dropout: expected from 0 to less than 1, but " + dropout + " came.");
    }
    int stages = repeats.size();
    attentive.ifPresent(places -> places.requireFits(block, stages));
    if (spatial.isPresent() && (groups != 1 || groupWidth != 64)) {
      throw new IllegalArgumentException(
          "groups: a spatial layer replaces the grouped convolution, so one group of width 64 was"
              + " expected, but "
              + groups
              + " of width "
              + groupWidth
              + " came.");
    }
    if (block == Block.BASIC && (groups != 1 || groupWidth != 64)) {
      throw new IllegalArgumentException(
          "groups: basic blocks have one group of width 64, but "
              + groups
              + " of width "
              + groupWidth
              + " came.");
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but " + value + " came.");
    }
  }

  /** ResNet-50 for ImageNet. */
  public static ResNet defaults() {
    return imagenet(50);
  }

  /**
   * A network for ImageNet: 1,000 classes, batch norm, no recalibration.
   *
   * @param depth 18, 34, 50, 101 or 152
   */
  public static ResNet imagenet(int depth) {
    List<Integer> repeats =
        switch (depth) {
          case 18 -> List.of(2, 2, 2, 2);
          case 34, 50 -> List.of(3, 4, 6, 3);
          case 101 -> List.of(3, 4, 23, 3);
          case 152 -> List.of(3, 8, 36, 3);
          default ->
              throw new IllegalArgumentException(
                  "depth: expected 18, 34, 50, 101 or 152, but " + depth + " came.");
        };
    return new ResNetBuilder().block(depth < 50 ? Block.BASIC : Block.BOTTLENECK, repeats).build();
  }

  /**
   * A network for 32×32 images: three stages of 16, 32 and 64 channels, 10 classes, batch norm,
   * projections as shortcuts. He et al. use {@link Shortcut#ZERO_PADDING} here; SRM's authors count
   * projections in their comparison.
   *
   * @param depth 6n + 2, for example 20, 32, 56 or 110
   */
  public static ResNet cifar(int depth) {
    int repeats = (depth - 2) / 6;
    if (repeats < 1 || 6 * repeats + 2 != depth) {
      throw new IllegalArgumentException(
          "depth: expected 6n + 2, for example 20, 32, 56 or 110, but " + depth + " came.");
    }
    return new ResNetBuilder()
        .block(Block.BASIC, List.of(repeats, repeats, repeats))
        .channels(16)
        .stem(Stem.CIFAR)
        .classes(10)
        .normalization(ImageNormalization.cifar())
        .build();
  }

  /** Returns a builder that starts with these settings. */
  public ResNetBuilder with() {
    return new ResNetBuilder(this);
  }

  @Override
  public ResNet withClasses(int count) {
    return with().classes(count).build();
  }

  @Override
  public NetworkOutput build(BuildContext context, Operand<TFloat32> images) {
    return new ResNetGraph(this).build(context, images);
  }

  /**
   * Returns the norm at a place.
   *
   * @param stage from 0; the stem's is 0
   */
  Norm norm(NormPlace place, int stage) {
    return attentive.map(places -> places.at(place, stage, norm)).orElse(norm);
  }

  /** Returns the channels of a stage inside its blocks, after the width multiplier. */
  int innerChannels(int stage) {
    return scaled(channels << stage);
  }

  /** Returns the channels of the stem. */
  int stemChannels() {
    return scaled(channels);
  }

  private int scaled(int count) {
    return width == 1 ? count : 8 * Math.max(1, (int) Math.round(count * width / 8));
  }
}
