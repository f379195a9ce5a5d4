package dev.recal.ops.norm;

import dev.recal.ops.Layer;

/** A normalisation; its output has its input's shape. */
public sealed interface Norm extends Layer
    permits BatchNorm, GroupNorm, InstanceNorm, LayerNorm, AttentiveNorm, SwitchableNorm {

  /**
   * Returns the same normalisation whose output starts at 0 ({@code gamma} and {@code beta} are 0):
   * at the end of a residual branch it makes the block start as the identity.
   */
  Norm zeroInitialised();
}
