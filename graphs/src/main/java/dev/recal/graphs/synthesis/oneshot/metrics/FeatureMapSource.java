package dev.recal.graphs.synthesis.oneshot.metrics;

import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.FeatureMatrix;
import dev.recal.graphs.synthesis.metrics.ImageBatch;

/**
 * A network that computes a map of features, whose positions are the samples of a {@link
 * SingleImageFrechet}: a user's network, or the embedded {@link StandInMaps}.
 */
public interface FeatureMapSource extends AutoCloseable {

  /** Returns the description of the features. */
  FeatureDescription description();

  /** Returns the name of the network and its output. */
  default String name() {
    return description().name();
  }

  /**
   * Returns the features of one image, one row per position of the map.
   *
   * @param oneImage of any size
   * @throws IllegalArgumentException if there are several images, or a feature is not finite
   */
  FeatureMatrix positions(ImageBatch oneImage);

  @Override
  void close();
}
