package dev.recal.graphs.detection;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Checks of the maps of regions. */
final class RegionMaps {

  private RegionMaps() {}

  /** Rejects maps of another size than (R, size, size, C). */
  static void require(Operand<TFloat32> regions, int size) {
    Shape shape = regions.shape();
    if (shape.numDimensions() != 4 || shape.get(1) != size || shape.get(2) != size) {
      throw new IllegalArgumentException(
          "regions: expected (R, " + size + ", " + size + ", C), but got " + shape + ".");
    }
  }
}
