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
 * <p>If they are dynamic by region, a 1×1 convolution of the block's input without bias, {@code
 * guide/kernel}, guides all of them, as in the code of DRConv's authors.
 *
 * @param layer in their place; empty for convolutions
 * @param guide of these layers, shared, if they take one
 */
public record Pointwise(Optional<SpatialLayer> layer, Optional<Operand<TFloat32>> guide) {

  /**
   * Adds the guide of a block where its layers take one.
   *
   * @param block the block's scope
   * @param layer in place of its 1×1 convolutions; empty for them
   * @param input the block's input, (N, H, W, C)
   */
  public static Pointwise of(
      BuildContext block, Optional<SpatialLayer> layer, Operand<TFloat32> input) {
    if (layer.isPresent() && layer.get() instanceof DynamicRegionConv dynamic) {
      Conv2d convolution =
          Conv2d.of(dynamic.regions(), 1).initializer(VarianceScaling.uniformFanIn());
      return new Pointwise(layer, Optional.of(convolution.build(block.at("guide"), input)));
    }
    return new Pointwise(layer, Optional.empty());
  }

  /** Rejects a dynamic layer whose kernel is not 1×1. */
  public static void require(Optional<SpatialLayer> layer) {
    if (layer.isPresent()
        && layer.get() instanceof DynamicRegionConv dynamic
        && dynamic.kernel() != 1) {
      throw new IllegalArgumentException(
          "pointwise: expected a layer with a kernel of 1, but got " + dynamic.kernel() + ".");
    }
  }

  /** Returns the 1×1 convolution to a number of channels. */
  public Layer to(int channels) {
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
