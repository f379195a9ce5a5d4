package dev.recal.models.export;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.data.DataSet;
import java.io.IOException;
import java.util.List;

/**
 * The images that a classifier's run is evaluated on.
 *
 * @param recipe of the run
 * @param labels the class names in the order of the logits
 */
public record EvaluatedImages(ClassificationRecipe recipe, List<String> labels) {

  /** Copies the labels. */
  public EvaluatedImages {
    labels = List.copyOf(labels);
  }

  /**
   * Opens them.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if they cannot be read
   */
  public DataSet open(boolean strict) throws IOException {
    return recipe
        .data()
        .sources()
        .openEvaluation(labels, recipe.training().session().seed(), strict);
  }
}
