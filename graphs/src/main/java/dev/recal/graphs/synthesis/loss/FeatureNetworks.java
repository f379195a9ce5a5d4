package dev.recal.graphs.synthesis.loss;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** Reads feature networks from SavedModels; their format is up to the reader. */
@FunctionalInterface
public interface FeatureNetworks {

  /**
   * Reads one.
   *
   * @param model the directory of a SavedModel
   * @throws IOException if it cannot be read, or is not a feature network
   */
  FeatureNetwork open(Path model) throws IOException;

  /**
   * Returns the reader on the class path, found by {@code ServiceLoader}; the module models has
   * one. Without any, the returned reader throws.
   */
  static FeatureNetworks onClassPath() {
    return ServiceLoader.load(FeatureNetworks.class)
        .findFirst()
        .orElse(
            model -> {
              throw new IOException(
                  "The feature network "
                      + model
                      + " cannot be read: the module models is not on the class path.");
            });
  }
}
