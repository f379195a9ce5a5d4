package dev.recal.graphs.synthesis.metrics;

/**
 * Squared Euclidean distances as sums of squared differences. The faster computation by scalar
 * products is imprecise for small distances, which matter for nearest neighbours.
 */
final class SquaredDistances {

  private SquaredDistances() {}

  /** Returns the squared distance of one row of either matrix. */
  static double between(FeatureMatrix a, int row, FeatureMatrix b, int other) {
    int size = a.dimensions();
    return between(a.values(), row * size, b.values(), other * size, size);
  }

  // Four sums, because the virtual machine may not reorder one.
  private static double between(double[] a, int i, double[] b, int j, int size) {
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int k = 0;
    for (; k + 3 < size; k += 4) {
      double d0 = a[i + k] - b[j + k];
      double d1 = a[i + k + 1] - b[j + k + 1];
      double d2 = a[i + k + 2] - b[j + k + 2];
      double d3 = a[i + k + 3] - b[j + k + 3];
      first += d0 * d0;
      second += d1 * d1;
      third += d2 * d2;
      fourth += d3 * d3;
    }
    for (; k < size; k++) {
      double d = a[i + k] - b[j + k];
      first += d * d;
    }
    return first + second + (third + fourth);
  }
}
