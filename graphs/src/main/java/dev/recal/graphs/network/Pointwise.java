package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.initializer.VarianceScaling;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The 1×1 convolutions of one block.
 *
 * <p>Where they are dynamic by region, a 1×1 convolution of the block's input without bias, {@code
 * guide/kernel}, guides them all, as in the code of DRConv's authors.
 *
 * @param layer what stands in their place; empty for convolutions
 * @param guide what the layers share, where they take one
 */
record Pointwise(Optional<SpatialLayer> layer, Optional<Operand<TFloat32>> guide) {

  /** Makes the guide of a block where there is one. */
  static Pointwise of(BuildContext block, Optional<SpatialLayer> layer, Operand<TFloat32> input) {
    if (layer.isPresent() && layer.get() instanceof DynamicRegionConv dynamic) {
      Conv2d convolution =
          Conv2d.of(dynamic.regions(), 1).initializer(VarianceScaling.uniformFanIn());
      return new Pointwise(layer, Optional.of(convolution.build(block.at("guide"), input)));
    }
    return new Pointwise(layer, Optional.empty());
  }

  /** Refuses a dynamic layer whose kernel is not 1×1. */
  static void require(Optional<SpatialLayer> layer) {
    if (layer.isPresent()
        && layer.get() instanceof DynamicRegionConv dynamic
        && dynamic.kernel() != 1) {
      throw new IllegalArgumentException(
          "pointwise: expected a layer with a kernel of 1, but " + dynamic.kernel() + " came.");
    }
  }

  /** Returns the convolution to a number of channels. */
  Layer to(int channels) {
    if (layer.isEmpty()) {
      return Conv2d.of(channels, 1);
    }
    Layer sized = layer.get().sized(channels, 1);
    if (guide.isPresent() && sized instanceof DynamicRegionConv dynamic) {
      return (scope, x) -> dynamic.build(scope, x, guide.get());
    }
    return sized;
  }
}
