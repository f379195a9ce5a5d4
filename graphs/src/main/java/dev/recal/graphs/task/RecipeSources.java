package dev.recal.graphs.task;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.targets.ClassTargets;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where the images of a recipe come from.
 *
 * @param training the training images
 * @param evaluation the evaluation images; if absent, a share is split off
 * @param holdOut that share, of each class if items have one class each
 * @param memoryLimitBytes a set whose decoded images take less is decoded once
 */
public record RecipeSources(
    DataSource training, Optional<DataSource> evaluation, double holdOut, long memoryLimitBytes) {

  /** Rejects missing sources, shares outside (0, 1) and negative limits. */
  public RecipeSources {
    Objects.requireNonNull(training, "training");
    Objects.requireNonNull(evaluation, "evaluation");
    if (!(holdOut > 0 && holdOut < 1)) {
      throw new IllegalArgumentException(
          "holdOut: expected more than 0 and less than 1, but got " + holdOut + ".");
    }
    if (memoryLimitBytes < 0) {
      throw new IllegalArgumentException(
          "memoryLimitBytes: expected at least 0, but got " + memoryLimitBytes + ".");
    }
  }

  /**
   * Opens the sources; without one for evaluation, a share of the training images is split off.
   *
   * @param seed of the split
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are no images, or evaluation has unknown classes
   */
  public RecipeData open(long seed, boolean strict) throws IOException {
    DataSet opened = training.open(opening(strict));
    if (evaluation.isEmpty()) {
      try (opened) {
        requireImagesToHoldOut(opened);
        DataSet.Split split = opened.split(holdOut, seed);
        return new RecipeData(split.remainder(), split.heldOut());
      }
    }
    try {
      return new RecipeData(opened, own(opened.outputNames(), strict));
    } catch (IOException | RuntimeException failure) {
      opened.close();
      throw failure;
    }
  }

  private static void requireImagesToHoldOut(DataSet training) {
    if (!(training.targets() instanceof ClassTargets)) {
      if (training.count() < 2) {
        throw new IllegalArgumentException(
            "holdOut: expected two or more images, since without 'evaluation' a share of them is"
                + (" held out, but got one in " + training.name() + "."));
      }
    } else if (IntStream.of(training.classCounts()).max().orElse(0) < 2) {
      throw new IllegalArgumentException(
          "holdOut: expected two or more images of a class, since without 'evaluation' a share of"
              + " them is held out, but got one of each of the "
              + training.classNames().size()
              + (" classes of " + training.name() + "."));
    }
  }

  /**
   * Opens the images that a recipe measures on.
   *
   * @param labels the class names of the network, in the order of its outputs
   * @param seed of the split, where a share of the training images is held out
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if they cannot be read
   * @throws IllegalArgumentException if the images have other classes; for a share of the training
   *     images, also if their order differs
   */
  public DataSet openEvaluation(List<String> labels, long seed, boolean strict) throws IOException {
    if (evaluation.isPresent()) {
      return own(labels, strict);
    }
    try (DataSet whole = training.open(opening(strict));
        DataSet.Split split = whole.split(holdOut, seed)) {
      requireSame(whole, labels);
      return split.heldOut().withClasses(labels);
    }
  }

  // The class order of the training images is the order of the outputs, whatever a label file
  // contains.
  private static void requireSame(DataSet training, List<String> labels) {
    List<String> classes = training.outputNames();
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

  private DataSet own(List<String> labels, boolean strict) throws IOException {
    try (DataSet images = evaluation.orElseThrow().open(opening(strict))) {
      return images.withClasses(labels);
    }
  }

  private OpenSettings opening(boolean strict) {
    return OpenSettings.defaults().withStrict(strict).withMemoryLimitBytes(memoryLimitBytes);
  }
}
