package dev.recal.tools.bench;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.BatchNorm;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A block to be measured: y = skip(low, relu(gate(norm(convolution(x))))).
 *
 * @param convolution the first layer
 * @param norm what follows it
 * @param gate what follows the norm
 * @param skip what acts on the block's output, with a map of lower resolution
 */
record ModuleBlock(Layer convolution, Layer norm, Optional<Layer> gate, Optional<SkipLayer> skip) {

  private static final int QUARTER = 4;

  /** Returns the block without a module that modules of a place are compared with. */
  static ModuleBlock plain(ModulePlace place, BlockStage stage) {
    Conv2d convolution =
        place == ModulePlace.GATE ? Conv2d.of(stage.outer(), 1) : Conv2d.of(stage.inner(), 3);
    return new ModuleBlock(convolution, BatchNorm.defaults(), Optional.empty(), Optional.empty());
  }

  /** Returns the plain block with a module at its place. */
  static ModuleBlock with(Object module, ModulePlace place, BlockStage stage) {
    ModuleBlock plain = plain(place, stage);
    return switch (place) {
      case NORM -> new ModuleBlock(plain.convolution, (Layer) module, plain.gate, plain.skip);
      case SPATIAL ->
          new ModuleBlock(
              ((SpatialLayer) module).sized(stage.inner(), 1), plain.norm, plain.gate, plain.skip);
      case GATE ->
          new ModuleBlock(plain.convolution, plain.norm, Optional.of((Layer) module), plain.skip);
      case SKIP ->
          new ModuleBlock(
              plain.convolution, plain.norm, plain.gate, Optional.of((SkipLayer) module));
    };
  }

  /** Returns the shapes of the block's inputs by name: {@code x}, and {@code low} for a skip. */
  Map<String, Shape> inputs(BlockStage stage, int batch) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("x", Shape.of(batch, stage.size(), stage.size(), stage.inner()));
    if (skip.isPresent()) {
      int low = (stage.size() + QUARTER - 1) / QUARTER;
      shapes.put("low", Shape.of(batch, low, low, stage.outer()));
    }
    return shapes;
  }

  /**
   * Adds the block to a graph.
   *
   * @param inputs as {@link #inputs} has them
   */
  Operand<TFloat32> build(BuildContext context, Map<String, Operand<TFloat32>> inputs) {
    Operand<TFloat32> convolved = convolution.build(context.at("conv"), inputs.get("x"));
    Operand<TFloat32> normal = norm.build(context.at("bn"), convolved);
    Operand<TFloat32> gated =
        gate.map(layer -> layer.build(context.at("recalibration"), normal)).orElse(normal);
    Operand<TFloat32> y = Activation.RELU.apply(context.tf(), gated);
    return skip.map(layer -> layer.build(context.at("skip"), inputs.get("low"), y)).orElse(y);
  }
}
