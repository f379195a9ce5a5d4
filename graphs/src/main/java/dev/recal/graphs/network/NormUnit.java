package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.recalibration.ChannelGate;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A norm and what follows it, fused where the network's setting and the layers allow. */
record NormUnit(ResNet net, Norm norm) {

  /** Returns norm(x). */
  Operand<TFloat32> plain(BuildContext scope, Operand<TFloat32> x) {
    return alone(scope, x).map(FoldedMap::build).orElseGet(() -> norm.build(scope, x));
  }

  /** Returns relu(norm(x)). */
  Operand<TFloat32> rectified(BuildContext scope, Operand<TFloat32> x) {
    return alone(scope, x)
        .map(FoldedMap::rectified)
        .orElseGet(() -> Activation.RELU.apply(scope.tf(), norm.build(scope, x)));
  }

  /**
   * Returns relu(gate(norm(x)) + shortcut), the end of a block.
   *
   * @param gated whether the network's recalibration stands here
   */
  Operand<TFloat32> blockEnd(
      BuildContext block,
      BuildContext scope,
      Operand<TFloat32> x,
      boolean gated,
      Supplier<Operand<TFloat32>> shortcut) {
    BuildContext gateScope = block.at("recalibration");
    Optional<FoldedMap> folded =
        gated && net.recalibration().isPresent() ? withGate(scope, gateScope, x) : alone(scope, x);
    if (folded.isPresent()) {
      return folded.get().rectifiedSum(shortcut.get());
    }
    Operand<TFloat32> branch = norm.build(scope, x);
    Operand<TFloat32> residual =
        gated
            ? net.recalibration().map(layer -> layer.build(gateScope, branch)).orElse(branch)
            : branch;
    return Activation.RELU.apply(block.tf(), block.tf().math.add(residual, shortcut.get()));
  }

  // What is folded has a gradient of its own, which Java alone knows.
  private ResNet.Fusion fusion(BuildContext scope) {
    return scope.portable() ? ResNet.Fusion.NAIVE : net.fusion();
  }

  private Optional<FoldedMap> alone(BuildContext scope, Operand<TFloat32> x) {
    return fusion(scope) == ResNet.Fusion.FUSED && norm instanceof AttentiveNorm
        ? norm.fold(scope, x)
        : Optional.empty();
  }

  private Optional<FoldedMap> withGate(
      BuildContext scope, BuildContext gateScope, Operand<TFloat32> x) {
    ResNet.Fusion fusion = fusion(scope);
    boolean fuses =
        fusion == ResNet.Fusion.FUSED
            || (fusion == ResNet.Fusion.GATES && norm instanceof BatchNorm);
    if (fuses && net.recalibration().orElseThrow() instanceof ChannelGate gate && gate.canFold()) {
      return norm.fold(scope, x).map(map -> gate.fold(gateScope, map));
    }
    return Optional.empty();
  }
}
