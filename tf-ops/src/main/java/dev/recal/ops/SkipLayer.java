package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A layer of two maps: one of low resolution acts on one of high resolution. */
public interface SkipLayer {

  /**
   * Adds this layer to the graph.
   *
   * @param context where operations and variables go; its path is the layer's own scope
   * @param low the map that decides, (N, h, w, C)
   * @param high the map that is changed, (N, H, W, D)
   * @return the changed map, of the shape of {@code high}
   * @throws IllegalArgumentException if a map has a shape that this layer cannot take
   */
  Operand<TFloat32> build(BuildContext context, Operand<TFloat32> low, Operand<TFloat32> high);
}
