package dev.recal.savedmodels;

import java.io.IOException;
import java.nio.file.Path;

/** Adds files to a model before it is published. */
@FunctionalInterface
public interface ModelAddition {

  /**
   * Adds files.
   *
   * @param directory a complete model, which can be loaded, under a temporary name
   * @throws IOException to reject the model: nothing is published in this case
   */
  void addTo(Path directory) throws IOException;
}
