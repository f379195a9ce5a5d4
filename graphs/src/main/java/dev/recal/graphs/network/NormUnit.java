package dev.recal.graphs.network;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.fusion.FoldedMap;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.norm.Norm;
import dev.recal.ops.recalibration.ChannelGate;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A norm and the operations around it: convolution → norm → gate → addition → activation, of which
 * all but the norm are optional. In training, norm and later operations are one operation on the
 * map where the settings' {@link Fusion} and the layers allow.
 *
 * <p>{@link NetworkParts#unit} starts one; {@link #build}, {@link #activated}, {@link #plus} and
 * {@link #activatedSum} add it to the graph. Maps are (N, H, W, C).
 *
 * @param parts of the network
 * @param scope of the block
 * @param suffix of the scopes {@code conv}, {@code bn} and {@code activation} inside it
 * @param convolution before the norm
 * @param norm in the scope {@code bn}
 * @param gate right after the norm, in the scope {@code recalibration}
 */
public record NormUnit(
    NetworkParts parts,
    BuildContext scope,
    String suffix,
    Optional<Layer> convolution,
    Norm norm,
    Optional<Layer> gate) {

  static NormUnit of(NetworkParts parts, BuildContext scope, String suffix, Norm norm) {
    return new NormUnit(parts, scope, suffix, Optional.empty(), norm, Optional.empty());
  }

  /** The same with a convolution before the norm. */
  NormUnit after(Layer layer) {
    return new NormUnit(parts, scope, suffix, Optional.of(layer), norm, gate);
  }

  /** The same with the network's recalibration as gate, if its place is one of these. */
  public NormUnit gated(RecalibrationPlace... places) {
    NetworkSettings settings = parts.settings();
    Optional<Layer> layer =
        Arrays.asList(places).contains(settings.place())
            ? settings.recalibration()
            : Optional.empty();
    return new NormUnit(parts, scope, suffix, convolution, norm, layer);
  }

  /** Adds it without addition and activation. */
  public Operand<TFloat32> build(Operand<TFloat32> x) {
    Operand<TFloat32> map = convolved(x);
    return folded(map).map(FoldedMap::build).orElseGet(() -> plain(map));
  }

  /** Adds it with the activation. */
  public Operand<TFloat32> activated(Operand<TFloat32> x) {
    Operand<TFloat32> map = convolved(x);
    Optional<FoldedMap> folded = folded(map);
    if (folded.isPresent() && rectifies()) {
      return folded.get().rectified();
    }
    return activate(folded.map(FoldedMap::build).orElseGet(() -> plain(map)));
  }

  /**
   * Adds it with an addition, the end of a linear residual block.
   *
   * @param addend of the output's shape; built after the norm and the gate
   */
  public Operand<TFloat32> plus(Operand<TFloat32> x, Supplier<Operand<TFloat32>> addend) {
    Operand<TFloat32> map = convolved(x);
    return folded(map)
        .map(folded -> folded.sum(addend.get()))
        .orElseGet(() -> scope.tf().math.add(plain(map), addend.get()));
  }

  /**
   * Adds it with an addition and the activation, the end of a residual block.
   *
   * @param addend of the output's shape; built after the norm and the gate
   */
  public Operand<TFloat32> activatedSum(Operand<TFloat32> x, Supplier<Operand<TFloat32>> addend) {
    if (!rectifies()) {
      return activate(plus(x, addend));
    }
    Operand<TFloat32> map = convolved(x);
    return folded(map)
        .map(folded -> folded.rectifiedSum(addend.get()))
        .orElseGet(() -> activate(scope.tf().math.add(plain(map), addend.get())));
  }

  private Operand<TFloat32> convolved(Operand<TFloat32> x) {
    return convolution.map(layer -> layer.build(scope.at("conv" + suffix), x)).orElse(x);
  }

  private Operand<TFloat32> plain(Operand<TFloat32> map) {
    Operand<TFloat32> normalised = norm.build(normScope(), map);
    return gate.map(layer -> layer.build(gateScope(), normalised)).orElse(normalised);
  }

  private boolean rectifies() {
    return parts.activation() == Activation.RELU;
  }

  private Operand<TFloat32> activate(Operand<TFloat32> x) {
    return parts.activation().build(scope.at("activation" + suffix), x);
  }

  private BuildContext normScope() {
    return scope.at("bn" + suffix);
  }

  private BuildContext gateScope() {
    return scope.at("recalibration");
  }

  // Empty if it is built from separate operations; then nothing was added.
  private Optional<FoldedMap> folded(Operand<TFloat32> map) {
    // A folded map has a custom gradient, which only exists in Java.
    Fusion fusion = scope.portable() ? Fusion.NAIVE : parts.settings().fusion();
    if (gate.isEmpty()) {
      return fusion == Fusion.FUSED && norm instanceof AttentiveNorm
          ? norm.fold(normScope(), map)
          : Optional.empty();
    }
    boolean fuses = fusion == Fusion.FUSED || (fusion == Fusion.GATES && norm instanceof BatchNorm);
    if (fuses && gate.get() instanceof ChannelGate channels && channels.canFold()) {
      return norm.fold(normScope(), map).map(folded -> channels.fold(gateScope(), folded));
    }
    return Optional.empty();
  }
}
