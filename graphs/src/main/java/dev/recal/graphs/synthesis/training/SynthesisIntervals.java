package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.training.Every;
import dev.recal.graphs.training.Intervals;
import dev.recal.ops.Arguments;

/**
 * The intervals of checkpoints and pictures.
 *
 * @param checkpoint steps between two checkpoints; there is one before the first step and one at
 *     the end
 * @param keep the number of latest checkpoints to keep, at least 1
 * @param samples steps between two pictures of samples and of reconstructions; also written at the
 *     end
 * @param count the number of images in a picture of samples
 * @param minutes after which a checkpoint is written at the latest, positive
 */
public record SynthesisIntervals(
    long checkpoint, int keep, long samples, int count, double minutes) {

  /** Rejects numbers below 1, and minutes that are not positive. */
  public SynthesisIntervals {
    Arguments.atLeast(1, "checkpoint", checkpoint);
    Arguments.atLeast(1, "keep", keep);
    Arguments.atLeast(1, "samples", samples);
    Arguments.atLeast(1, "count", count);
    Arguments.positive("minutes", minutes);
  }

  /** Checkpoints and pictures every 1,000 steps, 3 checkpoints, 64 images, 10 minutes. */
  public static SynthesisIntervals defaults() {
    return new SynthesisIntervals(1000, 3, 1000, 64, 10);
  }

  /** Returns the intervals of checkpoints and pictures. */
  public Intervals intervals() {
    return new Intervals(Every.steps(checkpoint).orMinutes(minutes), Every.steps(samples), keep);
  }
}
