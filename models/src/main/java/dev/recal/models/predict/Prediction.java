package dev.recal.models.predict;

import dev.recal.savedmodels.Classification;
import java.nio.file.Path;
import java.util.List;

/**
 * The prediction for a file.
 *
 * @param file the image
 * @param classes the most probable ones, in descending order
 */
public record Prediction(Path file, List<Classification> classes) {

  /** Copies the list. */
  public Prediction {
    classes = List.copyOf(classes);
  }
}
