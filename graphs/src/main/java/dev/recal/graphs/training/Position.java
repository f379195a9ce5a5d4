package dev.recal.graphs.training;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Progress of a run.
 *
 * @param step optimiser steps done, over all stages; a stage begins at the planned end of the one
 *     before, also if that ended early
 * @param epoch passes over the input done in this stage
 * @param batch runs done in the current pass
 * @param firstLoss the loss of the stage's first step
 * @param stage which stage, from 0
 * @param best the best score of this stage's reviews, if any
 */
public record Position(
    long step,
    long epoch,
    long batch,
    Optional<Double> firstLoss,
    int stage,
    Optional<BestScore> best) {

  /**
   * The best score so far.
   *
   * @param score greater is better
   * @param reviewsSince the number of reviews since
   */
  public record BestScore(double score, int reviewsSince) {}

  /** How many {@link #numbers()} there are. */
  static final int NUMBERS = 9;

  /** Before the first step of a run. */
  public static Position start() {
    return start(0, 0);
  }

  /** Before the first step of a stage. */
  static Position start(int stage, long step) {
    return new Position(step, 0, 0, Optional.empty(), stage, Optional.empty());
  }

  /** Returns the numbers from which {@link #of} makes the same position. */
  double[] numbers() {
    return new double[] {
      step,
      epoch,
      batch,
      firstLoss.isPresent() ? 1 : 0,
      firstLoss.orElse(0.0),
      stage,
      best.isPresent() ? 1 : 0,
      best.map(BestScore::score).orElse(0.0),
      best.map(BestScore::reviewsSince).orElse(0)
    };
  }

  /** Returns the position of its {@link #numbers()}. */
  static Position of(double[] numbers) {
    Optional<Double> loss = numbers[3] == 0 ? Optional.empty() : Optional.of(numbers[4]);
    Optional<BestScore> best =
        numbers[6] == 0
            ? Optional.empty()
            : Optional.of(new BestScore(numbers[7], (int) numbers[8]));
    return new Position(
        (long) numbers[0], (long) numbers[1], (long) numbers[2], loss, (int) numbers[5], best);
  }

  /**
   * Returns the position after a step.
   *
   * @param runs the number of its batches
   * @param loss of the step
   */
  public Position afterStep(int runs, double loss) {
    Optional<Double> first = firstLoss.isPresent() ? firstLoss : Optional.of(loss);
    return new Position(step + 1, epoch, batch + runs, first, stage, best);
  }

  /** Returns the start of the next pass. */
  public Position nextEpoch() {
    return new Position(step, epoch + 1, 0, firstLoss, stage, best);
  }

  /**
   * Returns the same position after a review.
   *
   * @param minDelta by how much a score must exceed the best one to be better
   */
  Position reviewed(OptionalDouble score, double minDelta) {
    if (score.isEmpty()) {
      return this;
    }
    boolean better = best.isEmpty() || score.getAsDouble() > best.get().score() + minDelta;
    BestScore now =
        better
            ? new BestScore(score.getAsDouble(), 0)
            : new BestScore(best.get().score(), best.get().reviewsSince() + 1);
    return new Position(step, epoch, batch, firstLoss, stage, Optional.of(now));
  }

  /** Returns whether that many reviews in a row found no better score. */
  boolean isPatienceExhausted(Optional<Integer> patience) {
    return patience.isPresent()
        && best.filter(found -> found.reviewsSince() >= patience.get()).isPresent();
  }
}
