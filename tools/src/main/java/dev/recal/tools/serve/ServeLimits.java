package dev.recal.tools.serve;

import java.time.Duration;
import java.util.Objects;

/**
 * What one client may ask of the server.
 *
 * @param body the longest request body in bytes
 * @param timeout how long a request may take to arrive, an answer to be computed, and a connection
 *     to do nothing
 * @param connections the most at the same time; further ones wait to be accepted
 */
public record ServeLimits(int body, Duration timeout, int connections) {

  /** Rejects limits that make no sense. */
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
