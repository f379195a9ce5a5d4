package dev.recal.graphs.synthesis.metrics;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Improved precision and recall (Kynkäänniemi et al. 2019, arXiv 1904.06991). The images of each
 * side define balls with the distance to the k-th nearest other image of that side as radius.
 * Precision is the share of generated images inside a ball of the real ones; recall the share of
 * real images inside a ball of the generated ones.
 *
 * @param neighbours k; the paper takes 3
 */
public record PrecisionRecall(int neighbours) {

  /** Rejects numbers below 1. */
  public PrecisionRecall {
    if (neighbours < 1) {
      throw new IllegalArgumentException(
          "neighbours: expected at least 1, but got " + neighbours + ".");
    }
  }

  /** k = 3. */
  public static PrecisionRecall defaults() {
    return new PrecisionRecall(3);
  }

  /**
   * The result.
   *
   * @param precision share of generated images among the real ones, 0–1
   * @param recall share of real images among the generated ones, 0–1
   */
  public record Score(double precision, double recall) {}

  /**
   * Measures.
   *
   * @throws IllegalArgumentException if a side has too few images for the neighbours, or the
   *     numbers of features differ
   */
  public Score measure(FeatureMatrix reals, FeatureMatrix samples) {
    FeatureMatrix.requireSameDimensions(reals, samples);
    requireMore("real", reals.count());
    requireMore("generated", samples.count());
    return new Score(inside(samples, reals, radii(reals)), inside(reals, samples, radii(samples)));
  }

  private void requireMore(String side, int count) {
    if (count <= neighbours) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "neighbours: expected fewer than the %d %s images, each of which has %d others, but"
                  + " got %d.",
              count,
              side,
              count - 1,
              neighbours));
    }
  }

  /** Returns the squared distance of each image to its k-th nearest other. */
  private double[] radii(FeatureMatrix features) {
    return IntStream.range(0, features.count())
        .parallel()
        .mapToDouble(
            row -> {
              double[] distances =
                  IntStream.range(0, features.count())
                      .filter(other -> other != row)
                      .mapToDouble(
                          other -> SquaredDistances.between(features, row, features, other))
                      .toArray();
              Arrays.sort(distances);
              return distances[neighbours - 1];
            })
        .toArray();
  }

  private static double inside(FeatureMatrix points, FeatureMatrix centres, double[] radii) {
    long count =
        IntStream.range(0, points.count())
            .parallel()
            .filter(
                point ->
                    IntStream.range(0, centres.count())
                        .anyMatch(
                            centre ->
                                SquaredDistances.between(points, point, centres, centre)
                                    <= radii[centre]))
            .count();
    return (double) count / points.count();
  }
}
