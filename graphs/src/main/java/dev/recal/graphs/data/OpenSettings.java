package dev.recal.graphs.data;

import java.util.Objects;

/**
 * How a source is opened.
 *
 * @param strict whether a file that cannot be used makes opening fail, instead of being reported
 * @param validation how thoroughly files are checked
 * @param memoryLimitBytes images of one size that take at most this much when decoded are kept in
 *     memory; archives with larger members are rejected, as their bytes are kept in memory
 */
public record OpenSettings(boolean strict, Validation validation, long memoryLimitBytes) {
  /** 1 GiB. */
  public static final long DEFAULT_MEMORY_LIMIT = 1L << 30;

  public OpenSettings {
    Objects.requireNonNull(validation, "validation");
    if (memoryLimitBytes < 0) {
      throw new IllegalArgumentException(
          "memoryLimitBytes: expected at least 0, but got " + memoryLimitBytes + ".");
    }
  }

  /** Unusable files are reported, small sets are decoded once, 1 GiB of memory. */
  public static OpenSettings defaults() {
    return new OpenSettings(false, Validation.AUTOMATIC, DEFAULT_MEMORY_LIMIT);
  }

  /** Returns a copy that rejects unusable files. */
  public OpenSettings withStrict(boolean newStrict) {
    return new OpenSettings(newStrict, validation, memoryLimitBytes);
  }

  /** Returns a copy with another validation. */
  public OpenSettings withValidation(Validation newValidation) {
    return new OpenSettings(strict, newValidation, memoryLimitBytes);
  }

  /** Returns a copy with another limit. */
  public OpenSettings withMemoryLimitBytes(long newLimit) {
    return new OpenSettings(strict, validation, newLimit);
  }
}
