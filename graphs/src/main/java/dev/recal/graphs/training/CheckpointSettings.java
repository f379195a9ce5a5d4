package dev.recal.graphs.training;

import dev.recal.ops.Arguments;
import java.util.Optional;

/**
 * When checkpoints are written, and which are kept.
 *
 * <p>There is one before the first step and one at the end. The best one is kept in addition to the
 * latest ones, and one more until the step after the newest has confirmed that its weights are
 * finite.
 *
 * @param everyEpochs epochs between two, at least 1
 * @param everyMinutes minutes between two inside a long epoch, positive
 * @param keep the number of latest checkpoints to keep, at least 1
 * @param everySteps steps between two, at least 1; empty for none inside an epoch
 */
public record CheckpointSettings(
    int everyEpochs, double everyMinutes, int keep, Optional<Long> everySteps) {

  /** Rejects numbers that would write or keep none. */
  public CheckpointSettings {
    Arguments.atLeast(1, "everyEpochs", everyEpochs);
    Arguments.positive("everyMinutes", everyMinutes);
    Arguments.atLeast(1, "keep", keep);
    everySteps.ifPresent(n -> Arguments.atLeast(1, "everySteps", n));
  }

  /** Without an interval in steps. */
  public CheckpointSettings(int everyEpochs, double everyMinutes, int keep) {
    this(everyEpochs, everyMinutes, keep, Optional.empty());
  }

  /** Every epoch, every 10 minutes, the last 3. */
  public static CheckpointSettings defaults() {
    return new CheckpointSettings(1, 10, 3);
  }

  /** Returns when a checkpoint is due. */
  public Every every() {
    return new Every(everySteps, Optional.of(everyEpochs), Optional.of(everyMinutes));
  }
}
