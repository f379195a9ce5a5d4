package dev.recal.graphs.synthesis.metrics;

import java.util.Locale;

/**
 * The Euclidean distance of the features of two images, divided by the root of their number; a
 * fallback without a perceptual distance.
 *
 * @param source not closed with the distance
 */
public record FeaturePairDistance(FeatureSource source) implements PairDistance {

  @Override
  public String name() {
    return "distance of the features of " + source.description().name();
  }

  @Override
  public double[] distances(ImageBatch first, ImageBatch second) {
    if (first.count() != second.count()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "images: expected pairs, but got %d and %d images.",
              first.count(),
              second.count()));
    }
    FeatureMatrix one = source.features(first);
    FeatureMatrix other = source.features(second);
    double[] distances = new double[first.count()];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = Math.sqrt(SquaredDistances.between(one, i, other, i) / one.dimensions());
    }
    return distances;
  }

  @Override
  public void close() {
    // The caller closes the source.
  }
}
