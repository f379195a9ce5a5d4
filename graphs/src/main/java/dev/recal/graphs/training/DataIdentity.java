package dev.recal.graphs.training;

import java.util.Objects;

/**
 * Which data a job learns from.
 *
 * @param name for messages
 * @param digest of the content: equal digests mean the same data in the same order
 */
public record DataIdentity(String name, String digest) {

  /** Rejects missing parts. */
  public DataIdentity {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(digest, "digest");
  }
}
