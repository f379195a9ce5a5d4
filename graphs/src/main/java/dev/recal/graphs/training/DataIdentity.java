package dev.recal.graphs.training;

import java.util.List;
import java.util.Objects;

/**
 * Which data a job learns from.
 *
 * @param name for messages
 * @param digest of the content: equal digests mean the same data in the same order
 * @param earlier the digests that earlier versions stored for the same data
 */
public record DataIdentity(String name, String digest, List<String> earlier) {

  /** Rejects missing parts. */
  public DataIdentity {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(digest, "digest");
    earlier = List.copyOf(earlier);
  }

  /** Data whose digest was never another. */
  public DataIdentity(String name, String digest) {
    this(name, digest, List.of());
  }

  /** Returns whether a checkpoint's digest is one of this data. */
  boolean matches(String stored) {
    return digest.equals(stored) || earlier.contains(stored);
  }
}
