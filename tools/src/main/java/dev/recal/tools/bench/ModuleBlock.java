package dev.recal.tools.bench;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.SkipLayer;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.recalibration.ChannelGate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A block to measure: y = skip(low, relu(gate(norm(convolution(x))))).
 *
 * @param convolution the first layer
 * @param norm the norm after it
 * @param gate the gate after the norm
 * @param skip the skip layer on the block's output, with a map of lower resolution
 * @param fused whether training fuses norm, gate and relu into one operation on the map
 */
record ModuleBlock(
    Layer convolution, Layer norm, Optional<Layer> gate, Optional<SkipLayer> skip, boolean fused) {

  private static final int QUARTER = 4;

  /** Returns the plain block, the baseline for the modules of a position. */
  static ModuleBlock plain(ModulePlace place, BlockStage stage) {
    Conv2d convolution =
        place == ModulePlace.GATE ? Conv2d.of(stage.outer(), 1) : Conv2d.of(stage.inner(), 3);
    return new ModuleBlock(
        convolution, BatchNorm.defaults(), Optional.empty(), Optional.empty(), false);
  }

  /** Returns the plain block with a module at its position. */
  static ModuleBlock with(ModuleSubject subject, BlockStage stage) {
    ModuleBlock plain = plain(subject.place(), stage);
    Object module = subject.module();
    Layer convolution = plain.convolution;
    Layer norm = plain.norm;
    Optional<Layer> gate = plain.gate;
    Optional<SkipLayer> skip = plain.skip;
    switch (subject.place()) {
      case NORM -> norm = (Layer) module;
      case SPATIAL -> convolution = ((SpatialLayer) module).sized(stage.inner(), 1);
      case GATE -> gate = Optional.of((Layer) module);
      case SKIP -> skip = Optional.of((SkipLayer) module);
    }
    return new ModuleBlock(convolution, norm, gate, skip, subject.fused());
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
   * @param inputs as in {@link #inputs}
   */
  Operand<TFloat32> build(BuildContext context, Map<String, Operand<TFloat32>> inputs) {
    Operand<TFloat32> convolved = convolution.build(context.at("conv"), inputs.get("x"));
    Operand<TFloat32> y = fused(context, convolved).orElseGet(() -> naive(context, convolved));
    return skip.map(layer -> layer.build(context.at("skip"), inputs.get("low"), y)).orElse(y);
  }

  private Operand<TFloat32> naive(BuildContext context, Operand<TFloat32> convolved) {
    Operand<TFloat32> normal = norm.build(context.at("bn"), convolved);
    Operand<TFloat32> gated =
        gate.map(layer -> layer.build(context.at("recalibration"), normal)).orElse(normal);
    return Activation.RELU.apply(context.tf(), gated);
  }

  private Optional<Operand<TFloat32>> fused(BuildContext context, Operand<TFloat32> convolved) {
    return Optional.of(norm)
        .filter(layer -> fused)
        .flatMap(layer -> ((Norm) layer).fold(context.at("bn"), convolved))
        .map(
            map ->
                gate.map(layer -> ((ChannelGate) layer).fold(context.at("recalibration"), map))
                    .orElse(map)
                    .rectified());
  }
}
