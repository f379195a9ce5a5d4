package dev.recal.savedmodels;

import java.io.IOException;
import java.nio.file.Path;

/** Writes files of its own into a model before the model gets its name. */
@FunctionalInterface
public interface ModelAddition {

  /**
   * Adds files.
   *
   * @param directory a whole model, which can be loaded, under a name that only this process knows
   * @throws IOException to refuse the model: nothing is published then
   */
  void addTo(Path directory) throws IOException;
}
