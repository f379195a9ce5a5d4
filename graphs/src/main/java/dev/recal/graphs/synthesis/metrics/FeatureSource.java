package dev.recal.graphs.synthesis.metrics;

/**
 * A network that computes features of images: a user's network, or the embedded {@link
 * StandInFeatures}. It resizes images itself.
 */
public interface FeatureSource extends AutoCloseable {

  /** Returns the description of the features. */
  FeatureDescription description();

  /**
   * Returns the features of images of any one size, one row per image.
   *
   * @throws IllegalArgumentException if a feature is not finite
   */
  FeatureMatrix features(ImageBatch images);

  @Override
  void close();
}
