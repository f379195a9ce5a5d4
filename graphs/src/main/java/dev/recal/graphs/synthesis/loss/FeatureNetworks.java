package dev.recal.graphs.synthesis.loss;

import java.io.IOException;
import java.nio.file.Path;

/** Reads feature networks from SavedModels; what they are made of is the reader's business. */
@FunctionalInterface
public interface FeatureNetworks {

  /**
   * Reads one.
   *
   * @param model the directory of a SavedModel
   * @throws IOException if it cannot be read, or is no feature network
   */
  FeatureNetwork open(Path model) throws IOException;

  /** Returns a reader that has none, for whoever needs no feature network. */
  static FeatureNetworks none() {
    return model -> {
      throw new IOException(
          "No reader for the feature network " + model + " is on the class path.");
    };
  }
}
