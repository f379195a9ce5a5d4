package dev.recal.graphs.synthesis.loss;

import java.io.IOException;
import java.nio.file.Path;

/** Reads feature networks from SavedModels. */
@FunctionalInterface
public interface FeatureNetworks {

  /**
   * Reads one.
   *
   * @param model the directory of a SavedModel
   * @throws IOException if it cannot be read, or is not a feature network
   */
  FeatureNetwork open(Path model) throws IOException;

  /** Returns a reader without feature networks. */
  static FeatureNetworks none() {
    return model -> {
      throw new IOException(
          "No reader for the feature network " + model + " is on the class path.");
    };
  }
}
