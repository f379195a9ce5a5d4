package dev.recal.graphs.training;

import java.util.Optional;

/** Finds divergence by the loss: it is not finite, or above a limit. */
public final class LossLimit {

  private LossLimit() {}

  /**
   * Compares a step's loss with a multiple of the first one.
   *
   * @param position after the step
   * @return what was found, as the second part of a sentence
   */
  public static Optional<String> ofFirst(double factor, Position position, StepMetrics metrics) {
    return of(factor * position.firstLoss().orElse(metrics.loss()), metrics);
  }

  /**
   * Compares a step's loss with a limit.
   *
   * @return what was found, as the second part of a sentence
   */
  public static Optional<String> of(double limit, StepMetrics metrics) {
    double loss = metrics.loss();
    if (Double.isFinite(loss) && loss <= limit) {
      return Optional.empty();
    }
    return Optional.of(
        "the loss is " + loss + (Double.isFinite(loss) ? ", above the limit " + limit : ""));
  }
}
