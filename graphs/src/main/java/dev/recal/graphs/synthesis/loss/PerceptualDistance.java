package dev.recal.graphs.synthesis.loss;

import java.io.IOException;
import java.nio.file.Path;

/** The distance for training reconstructions, as given in a recipe. */
public sealed interface PerceptualDistance permits RandomFeatures, Lpips {

  /**
   * Opens the distance.
   *
   * @param networks reads feature networks, if one is needed
   * @throws IOException if a feature network cannot be read
   */
  ImageDistance open(FeatureNetworks networks) throws IOException;

  /** Returns the same with absolute paths. */
  default PerceptualDistance at(Path base) {
    return this;
  }
}
