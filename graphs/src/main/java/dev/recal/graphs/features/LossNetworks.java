package dev.recal.graphs.features;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** Reads loss networks from SavedModels; their format is up to the reader. */
@FunctionalInterface
public interface LossNetworks {

  /**
   * Reads one.
   *
   * @param model the directory of a SavedModel
   * @throws IOException if it cannot be read, or is not a loss network
   */
  LossNetwork open(Path model) throws IOException;

  /**
   * Returns the reader on the class path, found by {@code ServiceLoader}; the module models has
   * one. Without any, the returned reader throws.
   */
  static LossNetworks onClassPath() {
    return ServiceLoader.load(LossNetworks.class)
        .findFirst()
        .orElse(
            model -> {
              throw new IOException(
                  "The loss network "
                      + model
                      + " cannot be read: the module models is not on the class path.");
            });
  }
}
