package dev.recal.graphs.training;

import java.util.Map;
import java.util.Objects;

/**
 * Options of a loop besides its plan.
 *
 * @param files contents of further files that each checkpoint gets, by name
 * @param signal stops the loop from another thread
 */
public record LoopOptions(Map<String, String> files, StopSignal signal) {

  /** Copies the files. */
  public LoopOptions {
    files = Map.copyOf(files);
    Objects.requireNonNull(signal, "signal");
  }

  /** No further files, and no way to stop. */
  public static LoopOptions defaults() {
    return new LoopOptions(Map.of(), new StopSignal());
  }
}
