package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A layer that can take a second map as a guide, which several layers may share. */
public interface GuidedLayer extends Layer {

  /**
   * Adds this layer with a given guide.
   *
   * @param context for operations and variables
   * @param x the input, (N, H, W, C)
   * @param guide (N, H', W', regions); resized where the resolution differs
   * @return the output; the layer defines its shape
   * @throws IllegalArgumentException if {@code x} or {@code guide} has an unsupported shape
   */
  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x, Operand<TFloat32> guide);
}
