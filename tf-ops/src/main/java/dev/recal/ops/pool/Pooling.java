package dev.recal.ops.pool;

final class Pooling {

  private Pooling() {}

  static void require(int size, int stride, int padding) {
    if (size < 1) {
      throw new IllegalArgumentException("size: expected at least 1, but " + size + " came.");
    }
    if (stride < 1) {
      throw new IllegalArgumentException("stride: expected at least 1, but " + stride + " came.");
    }
    if (padding < 0 || padding >= size) {
      throw new IllegalArgumentException(
          "padding: expected from 0 to less than the size " + size + ", but " + padding + " came.");
    }
  }

  static int[][] border(int pixels) {
    return new int[][] {{0, 0}, {pixels, pixels}, {pixels, pixels}, {0, 0}};
  }

  static int[] window(int size) {
    return new int[] {1, size, size, 1};
  }
}
