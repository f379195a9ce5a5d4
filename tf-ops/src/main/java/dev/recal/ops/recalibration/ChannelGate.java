package dev.recal.ops.recalibration;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.fusion.FoldedMap;

/** A gate for each sample and channel, x ⊙ g, that may be computed from x's mean and variance. */
public interface ChannelGate extends Layer {

  /** Returns whether mean and variance suffice with these settings. */
  boolean canFold();

  /**
   * Adds this layer like {@link #build}, with the same variables, to a map that is not computed
   * yet.
   *
   * @throws IllegalStateException if {@link #canFold} is false
   */
  FoldedMap fold(BuildContext context, FoldedMap x);
}
