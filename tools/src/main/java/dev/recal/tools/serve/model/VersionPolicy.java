package dev.recal.tools.serve.model;

import dev.recal.ops.Arguments;
import java.util.Set;

/**
 * Which versions of a model are served, as in TensorFlow Serving's {@code model_version_policy}.
 *
 * @param count the maximum number of versions, the highest first
 * @param only the versions that may be served; empty for any
 */
public record VersionPolicy(int count, Set<Long> only) {

  /** Rejects a policy that serves nothing. */
  public VersionPolicy {
    Arguments.atLeast(1, "count", count);
    only = Set.copyOf(only);
  }

  /** The highest versions. */
  public static VersionPolicy latest(int count) {
    return new VersionPolicy(count, Set.of());
  }

  /** All versions. */
  public static VersionPolicy all() {
    return latest(Integer.MAX_VALUE);
  }

  /** These versions. */
  public static VersionPolicy specific(Set<Long> versions) {
    return new VersionPolicy(Math.max(1, versions.size()), versions);
  }

  /** Returns whether a version may be served. */
  boolean allows(long version) {
    return only.isEmpty() || only.contains(version);
  }
}
