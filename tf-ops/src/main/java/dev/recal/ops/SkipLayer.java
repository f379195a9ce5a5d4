package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A layer of two maps: a low-resolution map modulates a high-resolution map. */
public interface SkipLayer {

  /**
   * Adds this layer to the graph.
   *
   * @param context for operations and variables; its path is the layer's scope
   * @param low the modulating map, (N, h, w, C)
   * @param high the modulated map, (N, H, W, D)
   * @return the modulated map, of the shape of {@code high}
   * @throws IllegalArgumentException if a map has an unsupported shape
   */
  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> low, Operand<TFloat32> high);
}
