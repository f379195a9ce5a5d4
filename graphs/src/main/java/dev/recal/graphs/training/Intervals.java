package dev.recal.graphs.training;

import dev.recal.ops.Arguments;
import java.util.Objects;

/**
 * When a run writes checkpoints and when it reviews what it has learned. There is a checkpoint
 * before the first step, and both are due at the end.
 *
 * @param checkpoints when checkpoints are written
 * @param reviews when the job is reviewed
 * @param keep how many of the last checkpoints are kept besides the best one, at least 1
 */
public record Intervals(Every checkpoints, Every reviews, int keep) {

  /** Rejects missing intervals, and keeping no checkpoint. */
  public Intervals {
    Objects.requireNonNull(checkpoints, "checkpoints");
    Objects.requireNonNull(reviews, "reviews");
    Arguments.atLeast(1, "keep", keep);
  }
}
