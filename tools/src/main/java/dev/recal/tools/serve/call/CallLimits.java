package dev.recal.tools.serve.call;

import java.time.Duration;

/**
 * The limits of one call.
 *
 * @param body the maximum size of a request in bytes
 * @param timeout the timeout for receiving it, and for computing its response
 */
public record CallLimits(int body, Duration timeout) {

  // JSON is larger than its contents, and a response than its request.
  private static final long MAX_RESPONSE_RATIO = 8;

  /** Returns the maximum size of a response in bytes. */
  long response() {
    return MAX_RESPONSE_RATIO * body;
  }

  /** Returns the deadline of a request that has been received, in {@link System#nanoTime}. */
  public long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }
}
