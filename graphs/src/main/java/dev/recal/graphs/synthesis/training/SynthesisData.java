package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.Validation;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.ImageCollection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The training images of a generator.
 *
 * @param images the images; labels are ignored
 * @param fit how they are made square; smaller ones are enlarged
 * @param flip whether they are mirrored with probability one half
 * @param sampling how batches are sampled
 * @param memoryLimitBytes a set whose decoded images take less is decoded once
 */
public record SynthesisData(
    DataSource images, Fit fit, boolean flip, Sampling sampling, long memoryLimitBytes) {

  // An epoch ends with a new iterator, whose cost is negligible over a thousand batches.
  private static final int BATCHES_PER_EPOCH = 1000;

  /** Rejects missing settings. */
  public SynthesisData {
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(fit, "fit");
    Objects.requireNonNull(sampling, "sampling");
    if (memoryLimitBytes < 0) {
      throw new IllegalArgumentException(
          "memoryLimitBytes: expected at least 0, but got " + memoryLimitBytes + ".");
    }
  }

  /** A folder {@code images}, stretched, mirrored, in epochs. */
  public static SynthesisData defaults() {
    return of(new ImageCollection(Path.of("images")));
  }

  /** Images, stretched, mirrored, in epochs. */
  public static SynthesisData of(DataSource images) {
    return new SynthesisData(
        images, Fit.STRETCH, true, Sampling.AUTOMATIC, OpenSettings.DEFAULT_MEMORY_LIMIT);
  }

  /** Returns the same for other images. */
  public SynthesisData withImages(DataSource other) {
    return new SynthesisData(other, fit, flip, sampling, memoryLimitBytes);
  }

  /** Returns the same with absolute paths. */
  public SynthesisData at(Path base) {
    return withImages(images.at(base));
  }

  /**
   * Opens the images; each is decoded once, so that damaged files are detected before the first
   * step.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   * @throws IllegalArgumentException if there are no images
   */
  public DataSet open(boolean strict) throws IOException {
    return images.open(
        OpenSettings.defaults()
            .withStrict(strict)
            .withValidation(Validation.DECODE)
            .withMemoryLimitBytes(memoryLimitBytes));
  }

  /**
   * Returns the pipeline settings.
   *
   * @param count images in the set
   * @param recipe whose network and settings count
   */
  PipelineSettings pipeline(int count, SynthesisRecipe recipe) {
    int batch = recipe.training().microBatch();
    int size = recipe.network().size();
    long seed = recipe.training().session().seed();
    long target = (long) BATCHES_PER_EPOCH * batch;
    int passes = (int) Math.max(1, (target + count - 1) / count);
    return PipelineSettings.training(batch, size, size, fit.preparation(size), seed)
        .withMemoryLimitBytes(memoryLimitBytes)
        .withPasses(passes, sampling.replaces(count, batch));
  }
}
