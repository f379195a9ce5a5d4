package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.fusion.FoldedMap;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A normalisation; its output has its input's shape. */
public sealed interface Norm extends Layer
    permits BatchNorm, GroupNorm, InstanceNorm, LayerNorm, AttentiveNorm, SwitchableNorm {

  /**
   * Returns a copy whose output starts at 0 ({@code gamma} and {@code beta} are 0): at the end of a
   * residual branch this makes the block start as the identity.
   */
  Norm zeroInitialised();

  /**
   * Adds this layer like {@link #build}, with the same variables, but defers the computation of the
   * map to the following gate, addition or activation. {@link #build} is the reference.
   *
   * @return empty if not supported: outside training, for maps of unknown size or a single pixel,
   *     and for norms other than batch norm and an attentive norm over it; then nothing was added
   */
  default Optional<FoldedMap> fold(BuildContext context, Operand<TFloat32> x) {
    return Optional.empty();
  }
}
