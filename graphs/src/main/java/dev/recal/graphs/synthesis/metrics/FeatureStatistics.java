package dev.recal.graphs.synthesis.metrics;

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Mean and covariance of features, in double precision.
 *
 * @param count number of images, at least 2
 * @param mean of each feature
 * @param covariance dimensions×dimensions, row-major, divided by count − 1
 */
public record FeatureStatistics(long count, double[] mean, double[] covariance) {

  /** Rejects a single image and arrays of wrong length. */
  public FeatureStatistics {
    FeatureMatrix.requireCount("a covariance", count, 2);
    if (mean.length < 1 || covariance.length != (long) mean.length * mean.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "covariance: %d features take %d values, but got %d.",
              mean.length,
              (long) mean.length * mean.length,
              covariance.length));
    }
  }

  /** Returns the statistics of features in memory. */
  public static FeatureStatistics of(FeatureMatrix features) {
    Accumulator accumulator = new Accumulator();
    accumulator.add(features);
    return accumulator.finish();
  }

  /** Returns the number of features. */
  public int dimensions() {
    return mean.length;
  }

  /**
   * Accumulates features batch by batch. The sums of squares are computed about each batch's own
   * mean and merged (Chan, Golub, LeVeque: "Updating formulae and a pairwise algorithm for
   * computing sample variances", 1979), so that a large mean costs no digits.
   */
  public static final class Accumulator {
    private long count;
    private double[] mean;
    private double[] scatter;

    /** Adds a batch. */
    public void add(FeatureMatrix batch) {
      int size = batch.dimensions();
      if (mean == null) {
        mean = new double[size];
        scatter = new double[Math.multiplyExact(size, size)];
      }
      FeatureMatrix.requireSameDimensions(mean.length, size);
      double[] batchMean = mean(batch);
      double[] centred = centred(batch, batchMean);
      double[] shift = new double[size];
      for (int i = 0; i < size; i++) {
        shift[i] = batchMean[i] - mean[i];
      }
      double weight = (double) count * batch.count() / (count + batch.count());
      IntStream.range(0, size)
          .parallel()
          .forEach(row -> addRow(row, centred, batch.count(), shift, weight));
      for (int i = 0; i < size; i++) {
        mean[i] += shift[i] * batch.count() / (count + batch.count());
      }
      count += batch.count();
    }

    // The upper triangle of one row; the loop over columns is the one that vectorises.
    private void addRow(int row, double[] centred, int images, double[] shift, double weight) {
      int size = mean.length;
      int base = row * size;
      for (int image = 0; image < images; image++) {
        int offset = image * size;
        double factor = centred[offset + row];
        for (int column = row; column < size; column++) {
          scatter[base + column] += factor * centred[offset + column];
        }
      }
      double factor = weight * shift[row];
      for (int column = row; column < size; column++) {
        scatter[base + column] += factor * shift[column];
      }
    }

    /**
     * Returns the statistics of all that was added.
     *
     * @throws IllegalArgumentException if there are fewer than two images
     */
    public FeatureStatistics finish() {
      FeatureMatrix.requireCount("a covariance", count, 2);
      int size = mean.length;
      double[] covariance = new double[scatter.length];
      for (int row = 0; row < size; row++) {
        for (int column = row; column < size; column++) {
          double value = scatter[row * size + column] / (count - 1);
          covariance[row * size + column] = value;
          covariance[column * size + row] = value;
        }
      }
      return new FeatureStatistics(count, mean.clone(), covariance);
    }

    private static double[] mean(FeatureMatrix batch) {
      int size = batch.dimensions();
      double[] mean = new double[size];
      for (int i = 0; i < batch.values().length; i++) {
        mean[i % size] += batch.values()[i];
      }
      for (int i = 0; i < size; i++) {
        mean[i] /= batch.count();
      }
      return mean;
    }

    private static double[] centred(FeatureMatrix batch, double[] mean) {
      double[] centred = new double[batch.values().length];
      for (int i = 0; i < centred.length; i++) {
        centred[i] = batch.values()[i] - mean[i % mean.length];
      }
      return centred;
    }
  }
}
