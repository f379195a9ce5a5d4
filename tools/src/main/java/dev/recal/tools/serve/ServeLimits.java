package dev.recal.tools.serve;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits for clients.
 *
 * @param body the maximum request body in bytes
 * @param timeout the timeout for receiving a request, for computing a response, and for idle
 *     connections
 * @param connections the maximum number of concurrent connections; further ones wait
 */
public record ServeLimits(int body, Duration timeout, int connections) {

  /** Rejects invalid limits. */
  public ServeLimits {
    Objects.requireNonNull(timeout, "timeout");
    if (body < 1 || connections < 1) {
      throw new IllegalArgumentException(
          "body and connections: expected at least 1 each, but got "
              + body
              + " and "
              + connections
              + ".");
    }
    if (timeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "timeout: expected at least a millisecond, but got " + timeout + ".");
    }
  }

  /** 32 MiB, 30 seconds, 4,096 connections. */
  public static ServeLimits defaults() {
    return new ServeLimits(32 << 20, Duration.ofSeconds(30), 4096);
  }
}
