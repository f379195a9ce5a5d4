package dev.recal.graphs.classification;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.SkippedItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

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
    DataSet training = recipe.training().open(opening(recipe, strict));
    if (recipe.evaluation().isEmpty()) {
      try (training) {
        requireImagesToHoldOut(training);
        DataSet.Split split = training.split(recipe.holdOut(), seed);
        return new RecipeData(split.remainder(), split.heldOut());
      }
    }
    try {
      return new RecipeData(training, evaluation(recipe, training.classNames(), strict));
    } catch (IOException | RuntimeException failure) {
      training.close();
      throw failure;
    }
  }

  private static void requireImagesToHoldOut(DataSet training) {
    if (IntStream.of(training.classCounts()).max().orElse(0) < 2) {
      throw new IllegalArgumentException(
          "holdOut: expected two or more images of a class, since without 'evaluation' a share of"
              + " them is held out, but got one of each of the "
              + training.classNames().size()
              + (" classes of " + training.name() + "."));
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

  /**
   * Opens the images that a recipe measures on.
   *
   * @param labels the class names of the network, in the order of the logits
   * @param seed of the split, where a share of the training images is held out
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException if the images have other classes; for a share of the training
   *     images, also if their order differs
   */
  public static DataSet openEvaluation(
      DataRecipe recipe, List<String> labels, long seed, boolean strict) throws IOException {
    if (recipe.evaluation().isPresent()) {
      return evaluation(recipe, labels, strict);
    }
    try (DataSet whole = recipe.training().open(opening(recipe, strict));
        DataSet.Split split = whole.split(recipe.holdOut(), seed)) {
      requireSame(whole, labels);
      return split.heldOut().withClasses(labels);
    }
  }

  // The class order of the training images is the order of the logits, whatever a label file
  // contains.
  private static void requireSame(DataSet training, List<String> labels) {
    List<String> classes = training.classNames();
    for (int i = 0; i < Math.max(classes.size(), labels.size()); i++) {
      String expected = i < classes.size() ? "'" + classes.get(i) + "'" : "none";
      String found = i < labels.size() ? "'" + labels.get(i) + "'" : "none";
      if (!expected.equals(found)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "labels: expected the classes of %s, where number %d is %s, but got %s.",
                training.name(),
                i,
                expected,
                found));
      }
    }
  }

  private static DataSet evaluation(DataRecipe recipe, List<String> labels, boolean strict)
      throws IOException {
    try (DataSet own = recipe.evaluation().orElseThrow().open(opening(recipe, strict))) {
      return own.withClasses(labels);
    }
  }

  private static OpenSettings opening(DataRecipe recipe, boolean strict) {
    return OpenSettings.defaults()
        .withStrict(strict)
        .withMemoryLimitBytes(recipe.memoryLimitBytes());
  }
}
