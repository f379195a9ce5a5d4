package dev.recal.graphs.training;

import java.util.Optional;

/**
 * The progress of a run.
 *
 * @param step optimiser steps done
 * @param epoch epochs done
 * @param batch batches done in the current epoch
 * @param firstLoss the loss of the first step
 */
public record Position(long step, long epoch, long batch, Optional<Double> firstLoss) {

  /** Before the first step. */
  public static Position start() {
    return new Position(0, 0, 0, Optional.empty());
  }

  /**
   * Returns the position after a step.
   *
   * @param runs the number of its batches
   * @param loss of the step
   */
  public Position afterStep(int runs, double loss) {
    return new Position(
        step + 1, epoch, batch + runs, firstLoss.isPresent() ? firstLoss : Optional.of(loss));
  }

  /** Returns the start of the next epoch. */
  public Position nextEpoch() {
    return new Position(step, epoch + 1, 0, firstLoss);
  }
}
