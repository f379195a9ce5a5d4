package dev.recal.graphs.synthesis.loss;

import java.io.IOException;
import java.nio.file.Path;

/** Which distance of images reconstructions are trained on, as a recipe names it. */
public sealed interface PerceptualDistance permits RandomFeatures, Lpips {

  /**
   * Makes it ready for a graph.
   *
   * @param networks reads feature networks, where one is needed
   * @throws IOException if a feature network cannot be read
   */
  ImageDistance open(FeatureNetworks networks) throws IOException;

  /** Returns the same with absolute paths. */
  default PerceptualDistance at(Path base) {
    return this;
  }
}
