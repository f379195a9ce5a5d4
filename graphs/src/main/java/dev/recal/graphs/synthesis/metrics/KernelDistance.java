package dev.recal.graphs.synthesis.metrics;

import dev.recal.graphs.synthesis.metrics.DoubleMatrices.Matrix;
import java.util.Random;

/**
 * The kernel distance of two sets of features: the unbiased estimate of the squared maximum mean
 * discrepancy with the kernel (x·y / dimensions + 1)³, averaged over random subsets. On features of
 * Inception-v3 it is the KID (Bińkowski et al. 2018, arXiv 1801.01401). Unlike the Fréchet distance
 * it is not biased for few images, only less precise.
 *
 * @param subsets the number of random subsets; one suffices if it contains all images
 * @param subsetSize images of each side in a subset, limited to the smaller side
 * @param seed the random seed
 */
public record KernelDistance(int subsets, int subsetSize, long seed) {

  /** Rejects numbers that are too small. */
  public KernelDistance {
    if (subsets < 1) {
      throw new IllegalArgumentException("subsets: expected at least 1, but got " + subsets + ".");
    }
    if (subsetSize < 2) {
      throw new IllegalArgumentException(
          "subsetSize: expected at least 2, but got " + subsetSize + ".");
    }
  }

  /** 100 subsets of 1,000, as in published results. */
  public static KernelDistance defaults() {
    return new KernelDistance(100, 1000, 0);
  }

  /**
   * Returns the distance.
   *
   * @throws IllegalArgumentException if a side has fewer than 2 images or the numbers of features
   *     differ
   */
  public KernelEstimate between(FeatureMatrix first, FeatureMatrix second) {
    FeatureMatrix.requireSameDimensions(first, second);
    FeatureMatrix.requireCount("a kernel distance", Math.min(first.count(), second.count()), 2);
    int size = Math.min(subsetSize, Math.min(first.count(), second.count()));
    int subsetCount = size == first.count() && size == second.count() ? 1 : subsets;
    Random random = new Random(seed);
    double sum = 0;
    double squares = 0;
    try (DoubleMatrices matrices = new DoubleMatrices()) {
      for (int i = 0; i < subsetCount; i++) {
        FeatureMatrix left = first.rows(subset(random, first.count(), size));
        FeatureMatrix right = second.rows(subset(random, second.count(), size));
        double value = discrepancy(matrices, left, right);
        sum += value;
        squares += value * value;
      }
    }
    double mean = sum / subsetCount;
    double deviation = Math.sqrt(Math.max(0, squares / subsetCount - mean * mean));
    return new KernelEstimate(mean, subsetCount == 1 ? 0 : deviation, subsetCount, size);
  }

  /** Samples without replacement. {@link Random}'s sequence is fixed by its definition. */
  static int[] subset(Random random, int count, int size) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    int[] chosen = new int[size];
    for (int i = 0; i < size; i++) {
      int j = i + random.nextInt(count - i);
      chosen[i] = order[j];
      order[j] = order[i];
    }
    return chosen;
  }

  private static double discrepancy(
      DoubleMatrices matrices, FeatureMatrix first, FeatureMatrix second) {
    Matrix x = matrix(first);
    Matrix y = matrix(second);
    double n = x.rows();
    double m = y.rows();
    double ofFirst = kernelSum(matrices.product(x, x), x.columns(), true) / (n * (n - 1));
    double ofSecond = kernelSum(matrices.product(y, y), y.columns(), true) / (m * (m - 1));
    double across = kernelSum(matrices.product(x, y), x.columns(), false) / (n * m);
    return ofFirst + ofSecond - 2 * across;
  }

  private static double kernelSum(Matrix products, int dimensions, boolean withoutDiagonal) {
    double sum = 0;
    for (int row = 0; row < products.rows(); row++) {
      double rowSum = 0;
      for (int column = 0; column < products.columns(); column++) {
        double base = products.values()[row * products.columns() + column] / dimensions + 1;
        rowSum += base * base * base;
      }
      if (withoutDiagonal) {
        double base = products.values()[row * products.columns() + row] / dimensions + 1;
        rowSum -= base * base * base;
      }
      sum += rowSum;
    }
    return sum;
  }

  private static Matrix matrix(FeatureMatrix features) {
    return new Matrix(features.count(), features.dimensions(), features.values());
  }
}
