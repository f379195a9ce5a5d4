package dev.recal.graphs.style.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.RecipeSources;
import dev.recal.ops.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The content images, and their preparation. Labels are ignored.
 *
 * @param training the training images
 * @param evaluation the held-out images; if absent, a share is split off
 * @param holdOut that share, between 0 and 1
 * @param size rows and columns of an image in training and evaluation
 * @param augmentation how training images are brought to this size; held-out ones are too, unless
 *     it is random: then their centre is cropped
 * @param memoryLimitBytes a set whose decoded images take less is decoded once
 */
public record StyleData(
    DataSource training,
    Optional<DataSource> evaluation,
    double holdOut,
    int size,
    Augmentation augmentation,
    long memoryLimitBytes) {

  /** Rejects missing settings and numbers out of range. */
  public StyleData {
    Objects.requireNonNull(augmentation, "augmentation");
    new RecipeSources(training, evaluation, holdOut, memoryLimitBytes);
    Arguments.atLeast(1, "size", size);
  }

  /** A folder {@code images}, centre crops of 256 pixels, a twentieth of it held out. */
  public static StyleData defaults() {
    return new StyleData(
        new ImageCollection(Path.of("images")),
        Optional.empty(),
        0.05,
        256,
        Augmentation.centerCrop(256),
        OpenSettings.DEFAULT_MEMORY_LIMIT);
  }

  /**
   * Opens the images. Their classes do not count, so those of the two sources may differ.
   *
   * @param seed of the split, where a share of the training images is held out
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are no images
   */
  RecipeData open(long seed, boolean strict) throws IOException {
    if (evaluation.isEmpty()) {
      return new RecipeSources(training, evaluation, holdOut, memoryLimitBytes).open(seed, strict);
    }
    OpenSettings settings =
        OpenSettings.defaults().withStrict(strict).withMemoryLimitBytes(memoryLimitBytes);
    DataSet opened = training.open(settings);
    try {
      return new RecipeData(opened, evaluation.get().open(settings));
    } catch (IOException | RuntimeException failure) {
      opened.close();
      throw failure;
    }
  }

  /** Returns the same for other images, of which a share is held out if no others are given. */
  public StyleData with(DataSource images, Optional<DataSource> evaluated) {
    return new StyleData(images, evaluated, holdOut, size, augmentation, memoryLimitBytes);
  }

  /** Returns the same with absolute paths. */
  public StyleData at(Path base) {
    return with(training.at(base), evaluation.map(source -> source.at(base)));
  }

  /** Returns how images are prepared for a training step. */
  PipelineSettings trainingInput(int batch, long seed) {
    return PipelineSettings.training(batch, size, size, augmentation, seed)
        .withMemoryLimitBytes(memoryLimitBytes);
  }

  /** Returns how held-out images are prepared. */
  PipelineSettings evaluationInput(int batch) {
    Augmentation fixed = augmentation.isRandom() ? Augmentation.centerCrop(size) : augmentation;
    return PipelineSettings.evaluation(batch, size, size, fixed)
        .withMemoryLimitBytes(memoryLimitBytes);
  }
}
