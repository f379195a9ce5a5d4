package dev.recal.graphs.training;

import dev.recal.graphs.cluster.Workers;
import java.util.Map;
import java.util.Objects;

/**
 * Options of a loop besides its plan.
 *
 * @param files contents of further files that each checkpoint gets, by name
 * @param signal stops the loop from another thread
 * @param workers the processes that train together
 */
public record LoopOptions(Map<String, String> files, StopSignal signal, Workers workers) {

  /** Copies the files. */
  public LoopOptions {
    files = Map.copyOf(files);
    Objects.requireNonNull(signal, "signal");
    Objects.requireNonNull(workers, "workers");
  }

  /** No further files, no way to stop, one worker. */
  public static LoopOptions defaults() {
    return new LoopOptions(Map.of(), new StopSignal(), Workers.single());
  }
}
