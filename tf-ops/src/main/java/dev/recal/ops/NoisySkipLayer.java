package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A skip layer with noise, either sampled or given. */
public interface NoisySkipLayer extends SkipLayer {

  /**
   * Adds this layer with given noise.
   *
   * @param context for operations and variables
   * @param low the modulating map, (N, h, w, C)
   * @param high the modulated map, (N, H, W, D)
   * @param noise standard normal values, (N, h, w, 1)
   * @return the modulated map, of the shape of {@code high}
   * @throws IllegalArgumentException if the layer's settings have no noise
   */
  Operand<TFloat32> build(
      BuildContext context, Operand<TFloat32> low, Operand<TFloat32> high, Operand<TFloat32> noise);
}
