package dev.recal.graphs.task;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.SkippedItem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The opened images of a recipe.
 *
 * @param training the images to learn from
 * @param evaluation the images to measure on, with the same classes
 */
public record RecipeData(DataSet training, DataSet evaluation) implements AutoCloseable {

  /** Returns the skipped files, once each, also if both parts come from one source. */
  public List<SkippedItem> skipped() {
    Set<SkippedItem> all = new LinkedHashSet<>(training.skipped());
    all.addAll(evaluation.skipped());
    return List.copyOf(all);
  }

  /** Returns the files of which it was found only while images were read that they are unusable. */
  public List<SkippedItem> unreadable() {
    Set<SkippedItem> all = new LinkedHashSet<>(training.unreadable());
    all.addAll(evaluation.unreadable());
    return List.copyOf(all);
  }

  /** Returns a sentence about {@link #unreadable}, if there are any. */
  public List<String> unreadableText() {
    List<String> items = unreadable().stream().map(SkippedItem::toString).toList();
    return items.isEmpty()
        ? List.of()
        : List.of(
            "Images that could not be read and were replaced or skipped: "
                + (items.size() + " (" + DataSet.summarise(items) + ")"));
  }

  /**
   * Returns the optimiser steps in an epoch; the remaining images are used in the next one, in
   * another order.
   *
   * @param batch images of a step
   * @throws IllegalArgumentException if there are fewer images than a step takes
   */
  public static long stepsPerEpoch(DataSet images, int batch) {
    if (images.count() < batch) {
      throw new IllegalArgumentException(
          "batch: expected at most the "
              + images.count()
              + " images of "
              + images.name()
              + ", since an epoch consists of full batches, but got "
              + batch
              + ".");
    }
    return images.count() / batch;
  }

  @Override
  public void close() {
    training.close();
    evaluation.close();
  }
}
