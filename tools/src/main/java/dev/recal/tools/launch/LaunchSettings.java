package dev.recal.tools.launch;

import dev.recal.ops.Arguments;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * How many workers are kept running, and for how long one waits.
 *
 * @param workers at first
 * @param minWorkers the fewest that training goes on with
 * @param restarts how often all workers are started again without a new checkpoint in between
 * @param workerTimeoutSeconds passed to the workers; empty for their default
 * @param grace how long a worker may take to end after SIGTERM
 * @param settle how long one waits for a better explanation after a worker lost the others
 */
public record LaunchSettings(
    int workers,
    int minWorkers,
    int restarts,
    OptionalInt workerTimeoutSeconds,
    Duration grace,
    Duration settle) {

  /** Rejects numbers that make no sense. */
  public LaunchSettings {
    Arguments.atLeast(1, "workers", workers);
    Arguments.require(
        minWorkers >= 1 && minWorkers <= workers, "minWorkers", "from 1 to " + workers, minWorkers);
    Arguments.atLeast(0, "restarts", restarts);
    if (workerTimeoutSeconds.isPresent()) {
      Arguments.atLeast(1, "workerTimeout", workerTimeoutSeconds.getAsInt());
    }
    Arguments.atLeast(0, "grace", grace.toSeconds());
    Objects.requireNonNull(settle, "settle");
  }
}
