package dev.recal.tools.serve.model;

import dev.recal.ops.Arguments;
import dev.recal.savedmodels.PredictorSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * The batching of calls.
 *
 * @param rows the most rows in one run
 * @param delay how long the first call of a batch waits for others; zero takes what is there
 * @param waiting the most calls that wait; more are rejected
 * @param threads runs at the same time
 * @param pixels the maximum of an image file, and of those that are decoded in one run
 */
public record BatchSettings(int rows, Duration delay, int waiting, int threads, long pixels) {

  /** Rejects invalid settings. */
  public BatchSettings {
    Objects.requireNonNull(delay, "delay");
    if (rows < 1 || waiting < 1 || threads < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "rows, waiting and threads: expected at least 1 each, but got %d, %d and %d.",
              rows,
              waiting,
              threads));
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay: expected at least zero, but got " + delay + ".");
    }
    Arguments.atLeast(1, "pixels", pixels);
  }

  /** Images of up to {@link PredictorSettings#PIXELS}. */
  public BatchSettings(int rows, Duration delay, int waiting, int threads) {
    this(rows, delay, waiting, threads, PredictorSettings.PIXELS);
  }

  /** Returns the same with another maximum of pixels. */
  public BatchSettings withPixels(long other) {
    return new BatchSettings(rows, delay, waiting, threads, other);
  }
}
