package dev.recal.graphs.synthesis.metrics;

import dev.recal.graphs.synthesis.metrics.DoubleMatrices.Eigen;
import dev.recal.graphs.synthesis.metrics.DoubleMatrices.Matrix;
import java.util.Arrays;

/**
 * The squared Fréchet distance of two normal distributions, ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr
 * (Σ₁Σ₂)^½. On features of Inception-v3 it is the FID (Heusel et al. 2017, arXiv 1706.08500).
 *
 * <p>The last trace is computed as the sum of the singular values of Σ₁^½Σ₂^½, of which only the
 * directions in which features vary are kept. So covariances of fewer images than features lose no
 * digits, and need no epsilon on their diagonals: the root of a rounding error of 1e-16 would be
 * 1e-8, a thousand times over.
 *
 * <p>The distance of few images is biased upwards: it grows with features/images. Compare only
 * results with equal numbers of images.
 */
public final class FrechetDistance {

  private FrechetDistance() {}

  /**
   * Returns the distance.
   *
   * @throws IllegalArgumentException if the numbers of features differ
   */
  public static double between(FeatureStatistics first, FeatureStatistics second) {
    FeatureMatrix.requireSameDimensions(first.dimensions(), second.dimensions());
    double means = 0;
    for (int i = 0; i < first.dimensions(); i++) {
      double difference = first.mean()[i] - second.mean()[i];
      means += difference * difference;
    }
    double shared = traceOfRoot(first, second);
    double distance = means + trace(first) + trace(second) - 2 * shared;
    // For equal statistics the result may be a negative rounding error.
    return Math.max(0, distance);
  }

  private static double traceOfRoot(FeatureStatistics first, FeatureStatistics second) {
    try (DoubleMatrices matrices = new DoubleMatrices()) {
      Matrix left = root(matrices, first);
      Matrix right = first == second ? left : root(matrices, second);
      if (left.rows() == 0 || right.rows() == 0) {
        return 0;
      }
      return Arrays.stream(matrices.singularValues(matrices.product(left, right))).sum();
    }
  }

  /** Returns rows √λ vᵀ for the eigenvalues that are more than rounding errors. */
  private static Matrix root(DoubleMatrices matrices, FeatureStatistics statistics) {
    int size = statistics.dimensions();
    Eigen eigen = matrices.eigen(new Matrix(size, size, statistics.covariance()));
    double largest = eigen.values()[size - 1];
    double negligible = Math.max(0, size * Math.ulp(1.0) * largest);
    int first = 0;
    while (first < size && eigen.values()[first] <= negligible) {
      first++;
    }
    double[] root = new double[(size - first) * size];
    for (int row = first; row < size; row++) {
      double scale = Math.sqrt(eigen.values()[row]);
      for (int column = 0; column < size; column++) {
        root[(row - first) * size + column] = scale * eigen.vectors().values()[column * size + row];
      }
    }
    return new Matrix(size - first, size, root);
  }

  private static double trace(FeatureStatistics statistics) {
    double trace = 0;
    for (int i = 0; i < statistics.dimensions(); i++) {
      trace += statistics.covariance()[i * statistics.dimensions() + i];
    }
    return trace;
  }
}
