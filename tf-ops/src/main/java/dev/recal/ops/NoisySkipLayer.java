package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A skip layer that draws noise, or takes it from outside. */
public interface NoisySkipLayer extends SkipLayer {

  /**
   * Adds this layer with noise from outside.
   *
   * @param context where operations and variables go
   * @param low the map that decides, (N, h, w, C)
   * @param high the map that is changed, (N, H, W, D)
   * @param noise standard normal values, (N, h, w, 1)
   * @return the changed map, of the shape of {@code high}
   * @throws IllegalArgumentException if the layer's settings ask for no noise
   */
  Operand<TFloat32> build(
      BuildContext context, Operand<TFloat32> low, Operand<TFloat32> high, Operand<TFloat32> noise);
}
