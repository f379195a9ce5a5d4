package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.regularization.Dropout;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a network's stem, blocks and head are made of, by its settings.
 *
 * @param norm after convolutions
 * @param attentive where an attentive norm stands instead
 * @param recalibration of each block
 * @param place where in the block it stands
 * @param activation after norms; where it has variables, in the scope {@code activation}
 */
record BlockParts(
    Norm norm,
    Optional<AttentivePlaces> attentive,
    Optional<Layer> recalibration,
    ResNet.Place place,
    Layer activation) {

  /** Returns the norm of a place in a stage, counted from 0; the stem's is 0. */
  Norm norm(NormPlace where, int stage) {
    return attentive.map(places -> places.at(where, stage, norm)).orElse(norm);
  }

  /** Adds a convolution and its norm, in {@code conv} and {@code bn} with the suffix. */
  Operand<TFloat32> normalised(
      BuildContext scope, String suffix, Layer convolution, Norm after, Operand<TFloat32> x) {
    return after.build(scope.at("bn" + suffix), convolution.build(scope.at("conv" + suffix), x));
  }

  /** The same with an activation behind it, in {@code activation} with the suffix. */
  Operand<TFloat32> activated(
      BuildContext scope, String suffix, Layer convolution, Norm after, Operand<TFloat32> x) {
    return activation.build(
        scope.at("activation" + suffix), normalised(scope, suffix, convolution, after, x));
  }

  /** Recalibrates if this is the place. */
  Operand<TFloat32> recalibrated(BuildContext block, ResNet.Place where, Operand<TFloat32> x) {
    return where == place && recalibration.isPresent()
        ? recalibration.get().build(block.at("recalibration"), x)
        : x;
  }

  /**
   * Adds a stem in the scope {@code stem}, without pooling.
   *
   * @param kernel of the form for ImageNet, which strides by 2
   * @param biased whether its convolution has a bias
   */
  Operand<TFloat32> stem(
      BuildContext context,
      ResNet.Stem form,
      int kernel,
      int channels,
      boolean biased,
      Operand<TFloat32> images) {
    BuildContext scope = context.at("stem");
    Norm after = norm(NormPlace.STEM, 0);
    Conv2d plain = biased ? Conv2d.of(channels, 3).biased() : Conv2d.of(channels, 3);
    return switch (form) {
      case IMAGENET -> {
        Conv2d wide = biased ? Conv2d.of(channels, kernel).biased() : Conv2d.of(channels, kernel);
        yield activated(scope, "", wide.stride(2), after, images);
      }
      case CIFAR -> activated(scope, "", plain, after, images);
      case DEEP -> {
        Conv2d half = Conv2d.of(Math.max(1, channels / 2), 3);
        Operand<TFloat32> first = activated(scope, "1", half.stride(2), after, images);
        Operand<TFloat32> second = activated(scope, "2", half, after, first);
        yield activated(scope, "3", plain, after, second);
      }
    };
  }

  /** Returns a depthwise 3×3, or what stands in its place. */
  static Layer depthwise(Optional<SpatialLayer> spatial, int channels, int stride) {
    return spatial
        .map(layer -> layer.sized(channels, stride))
        .orElseGet(() -> DepthwiseConv2d.of(3, stride));
  }

  /** Adds the mean over the map, dropout and a dense layer, in the scope {@code head}. */
  static Operand<TFloat32> head(
      BuildContext context, Operand<TFloat32> x, int classes, float dropout) {
    BuildContext scope = context.at("head");
    Operand<TFloat32> features = GlobalAveragePool.mean(scope.tf(), x);
    Operand<TFloat32> kept = new Dropout(dropout).build(scope.at("dropout"), features);
    return Dense.of(classes).build(scope.at("dense"), kept);
  }
}
