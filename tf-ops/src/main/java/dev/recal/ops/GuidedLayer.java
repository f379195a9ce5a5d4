package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A layer that can take a second map from outside that guides it, shared by several layers. */
public interface GuidedLayer extends Layer {

  /**
   * Adds this layer with a guide from outside.
   *
   * @param context where operations and variables go
   * @param x the input, (N, H, W, C)
   * @param guide (N, H', W', regions); resized where the resolution differs
   * @return the output; its shape is the layer's to say
   * @throws IllegalArgumentException if {@code x} or {@code guide} has a shape that it cannot take
   */
  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x, Operand<TFloat32> guide);
}
