package dev.recal.tools.serve.model;

import java.time.Duration;
import java.util.Objects;

/**
 * The batching of calls.
 *
 * @param rows the maximum number of rows in one batch
 * @param delay how long the first call of a batch waits for others; zero batches only the waiting
 *     ones
 * @param waiting the maximum number of waiting calls; more are rejected
 * @param threads the number of parallel batches
 */
public record BatchSettings(int rows, Duration delay, int waiting, int threads) {

  /** Rejects invalid settings. */
  public BatchSettings {
    Objects.requireNonNull(delay, "delay");
    if (rows < 1 || waiting < 1 || threads < 1) {
      throw new IllegalArgumentException(
          String.format(
              "rows, waiting and threads: expected at least 1 each, but got %d, %d and %d.",
              rows, waiting, threads));
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay: expected at least zero, but got " + delay + ".");
    }
  }
}
