package dev.recal.models.predict;

import dev.recal.savedmodels.Classification;
import java.nio.file.Path;
import java.util.List;

/**
 * What a model says about a file.
 *
 * @param file the image
 * @param classes the most probable ones, the best first
 */
public record Prediction(Path file, List<Classification> classes) {

  /** Copies the list. */
  public Prediction {
    classes = List.copyOf(classes);
  }
}
