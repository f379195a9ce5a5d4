package dev.recal.graphs.training;

import dev.recal.ops.Arguments;

/**
 * How steps relate to the data.
 *
 * @param batch items, for example images, in a step
 * @param runs how many {@code session.run} a step takes; 1 without accumulation
 * @param stepsPerEpoch steps in one pass over the data, for schedules and reports, at least 1
 * @param stepsPerPass steps after which the job is started again with the next pass over its input,
 *     at least 1; the same as {@code stepsPerEpoch} unless a pass of the input repeats small data
 */
public record Pace(int batch, int runs, long stepsPerEpoch, long stepsPerPass) {

  /** Rejects numbers below 1. */
  public Pace {
    Arguments.atLeast(1, "batch", batch);
    Arguments.atLeast(1, "runs", runs);
    Arguments.atLeast(1, "stepsPerEpoch", stepsPerEpoch);
    Arguments.atLeast(1, "stepsPerPass", stepsPerPass);
  }

  /** One run a step, and a pass of the input for each epoch. */
  public static Pace of(int batch, long stepsPerEpoch) {
    return new Pace(batch, 1, stepsPerEpoch, stepsPerEpoch);
  }
}
