package dev.recal.graphs.synthesis.metrics;

/**
 * A network that turns images into features: the user's own, or the embedded {@link
 * StandInFeatures}. It brings images to its size itself.
 */
public interface FeatureSource extends AutoCloseable {

  /** Returns which features these are. */
  FeatureDescription description();

  /**
   * Returns the features of images of any one size, a row an image.
   *
   * @throws IllegalArgumentException if a feature is not finite
   */
  FeatureMatrix features(ImageBatch images);

  @Override
  void close();
}
