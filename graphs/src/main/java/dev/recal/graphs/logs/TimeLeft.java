package dev.recal.graphs.logs;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The time left of a run: the cost of its remaining steps times the measured time per unit of cost.
 * The time of the current stage is used once a few of its steps are measured, before that the time
 * of the stage before.
 */
final class TimeLeft {
  private static final long FEW_STEPS = 5;

  private StageInfo stage = StageInfo.only(0);
  private OptionalDouble before = OptionalDouble.empty();
  private boolean anyStep;
  private long firstStep;
  private long firstNanos;
  private long lastStep;
  private long lastNanos;

  /** A stage starts, or resumes. */
  void started(StageInfo next) {
    OptionalDouble measured = nanosPerCost();
    before = measured.isPresent() ? measured : before;
    stage = next;
    anyStep = false;
  }

  /**
   * Returns the time left after a step; empty as long as nothing is measured.
   *
   * @param nanos the time at which the step was done
   */
  Optional<Duration> after(StepReport report, long nanos) {
    if (!anyStep) {
      // Time is counted from the end of the first step, which is slow: it optimises the graph.
      anyStep = true;
      firstStep = report.step();
      firstNanos = nanos;
    }
    lastStep = report.step();
    lastNanos = nanos;
    boolean few = lastStep - firstStep < FEW_STEPS && before.isPresent();
    OptionalDouble rate = few ? before : nanosPerCost();
    double cost = (report.totalSteps() - lastStep) * stage.costOfStep() + stage.costOfLater();
    return rate.isPresent()
        ? Optional.of(Duration.ofNanos((long) (rate.getAsDouble() * cost)))
        : Optional.empty();
  }

  private OptionalDouble nanosPerCost() {
    return anyStep && lastStep > firstStep
        ? OptionalDouble.of(
            (lastNanos - firstNanos) / (double) (lastStep - firstStep) / stage.costOfStep())
        : OptionalDouble.empty();
  }
}
