package dev.recal.tools.serve.model;

import java.time.Duration;
import java.util.Objects;

/**
 * How calls are joined.
 *
 * @param rows the most rows in one run
 * @param delay how long the first call of a batch waits for others; zero takes what is there
 * @param waiting the most calls that wait; more are rejected
 * @param threads runs at the same time
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
