package dev.recal.graphs.recipe;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The opened images of a recipe.
 *
 * @param training the images to learn from
 * @param evaluation the images to measure on, with the same classes
 */
public record RecipeData(DataSet training, DataSet evaluation) implements AutoCloseable {

  /**
   * Opens the sources; without one for evaluation, a share of the training images is split off.
   *
   * @param seed of the split
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are no images, or evaluation has unknown classes
   */
  public static RecipeData open(DataRecipe recipe, long seed, boolean strict) throws IOException {
    DataSet training = recipe.training().open(TrainingRun.opening(recipe, strict));
    if (recipe.evaluation().isEmpty()) {
      try (training) {
        DataSet.Split split = training.split(recipe.holdOut(), seed);
        return new RecipeData(split.rest(), split.share());
      }
    }
    try {
      return new RecipeData(training, TrainingRun.evaluation(recipe, training, strict));
    } catch (IOException | RuntimeException failure) {
      training.close();
      throw failure;
    }
  }

  /** Returns the skipped files. */
  public List<SkippedItem> skipped() {
    List<SkippedItem> all = new ArrayList<>(training.skipped());
    all.addAll(evaluation.skipped());
    return all;
  }

  @Override
  public void close() {
    training.close();
    evaluation.close();
  }
}
