package dev.recal.graphs.synthesis.metrics;

import java.util.Random;

/** Features for tests: normal, with correlations and variances of many sizes. */
final class RandomFeatures {

  private RandomFeatures() {}

  /** Returns features whose i-th direction has a standard deviation of decay^i. */
  static FeatureMatrix of(int count, int dimensions, double decay, double shift, long seed) {
    Random mixing = new Random(17);
    double[] mix = new double[dimensions * dimensions];
    for (int i = 0; i < mix.length; i++) {
      mix[i] = mixing.nextGaussian() / Math.sqrt(dimensions);
    }
    Random random = new Random(seed);
    double[] values = new double[count * dimensions];
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < dimensions; i++) {
        double factor = random.nextGaussian() * Math.pow(decay, i);
        for (int j = 0; j < dimensions; j++) {
          values[row * dimensions + j] += factor * mix[i * dimensions + j];
        }
      }
      for (int j = 0; j < dimensions; j++) {
        values[row * dimensions + j] += shift;
      }
    }
    return new FeatureMatrix(count, dimensions, values);
  }
}
