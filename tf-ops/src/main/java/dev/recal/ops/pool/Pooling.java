package dev.recal.ops.pool;

import dev.recal.ops.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

final class Pooling {

  private Pooling() {}

  static void require(int size, int stride, int padding) {
    if (size < 1) {
      throw new IllegalArgumentException("size: expected at least 1, but got " + size + ".");
    }
    if (stride < 1) {
      throw new IllegalArgumentException("stride: expected at least 1, but got " + stride + ".");
    }
    if (padding < 0 || padding >= size) {
      throw new IllegalArgumentException(
          "padding: expected from 0 to less than the size " + size + ", but got " + padding + ".");
    }
  }

  /** Rejects maps that are smaller than the window, if their size is known. */
  static void requireFits(Operand<TFloat32> x, int size, int padding) {
    if (Shapes.hasStaticSize(x)
        && Math.min(Shapes.height(x), Shapes.width(x)) + 2 * padding < size) {
      throw new IllegalArgumentException(
          "size: a window of "
              + size
              + "×"
              + size
              + " with padding "
              + padding
              + " does not fit into a map of shape "
              + x.shape()
              + ".");
    }
  }

  static int[][] border(int pixels) {
    return new int[][] {{0, 0}, {pixels, pixels}, {pixels, pixels}, {0, 0}};
  }

  static int[] window(int size) {
    return new int[] {1, size, size, 1};
  }
}
