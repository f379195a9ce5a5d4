package dev.recal.graphs.task;

import dev.recal.graphs.data.pipeline.Views;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What an evaluation should measure.
 *
 * @param checkpoint of the run; empty for the best one
 * @param data to measure on; empty for the recipe's
 * @param views of each image, where a task supports them; empty for the recipe's
 * @param picture a PNG file to be written, if the task supports it
 * @param strict whether unusable files are rejected instead of skipped
 */
public record EvaluationRequest(
    Optional<Path> checkpoint,
    Optional<Path> data,
    Optional<Views> views,
    Optional<Path> picture,
    boolean strict) {

  /** Rejects missing parts. */
  public EvaluationRequest {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(views, "views");
    Objects.requireNonNull(picture, "picture");
  }

  /** The views of the recipe. */
  public EvaluationRequest(
      Optional<Path> checkpoint, Optional<Path> data, Optional<Path> picture, boolean strict) {
    this(checkpoint, data, Optional.empty(), picture, strict);
  }

  /** The best checkpoint on the recipe's data. */
  public static EvaluationRequest defaults() {
    return new EvaluationRequest(Optional.empty(), Optional.empty(), Optional.empty(), false);
  }
}
