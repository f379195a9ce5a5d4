package dev.recal.graphs.style.training;

import dev.recal.graphs.training.Every;
import dev.recal.graphs.training.Intervals;
import dev.recal.ops.Arguments;

/**
 * The intervals of checkpoints and reviews.
 *
 * @param checkpoint steps between two checkpoints; there is one before the first step and one at
 *     the end
 * @param keep the number of latest checkpoints to keep, at least 1
 * @param review steps between two measurements and pictures of held-out images; also at the end
 * @param measured the maximum number of held-out images that are measured
 * @param pictures the maximum number of held-out images that are drawn
 * @param minutes after which a checkpoint is written at the latest, positive
 */
public record StyleIntervals(
    long checkpoint, int keep, long review, int measured, int pictures, double minutes) {

  /** Rejects numbers below 1, and minutes that are not positive. */
  public StyleIntervals {
    Arguments.atLeast(1, "checkpoint", checkpoint);
    Arguments.atLeast(1, "keep", keep);
    Arguments.atLeast(1, "review", review);
    Arguments.atLeast(1, "measured", measured);
    Arguments.atLeast(1, "pictures", pictures);
    Arguments.positive("minutes", minutes);
  }

  /** Every 500 steps, 3 checkpoints, 64 images measured and 6 drawn, 10 minutes. */
  public static StyleIntervals defaults() {
    return new StyleIntervals(500, 3, 500, 64, 6, 10);
  }

  /** Returns the intervals of checkpoints and reviews. */
  Intervals intervals() {
    return new Intervals(Every.steps(checkpoint).orMinutes(minutes), Every.steps(review), keep);
  }
}
