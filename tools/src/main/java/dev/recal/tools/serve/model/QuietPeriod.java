package dev.recal.tools.serve.model;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Detects when the files of a version stop changing. Copying a model into its place fills its
 * directory file by file, without marking the last one.
 */
final class QuietPeriod {

  // A file that looks unfinished does not delay a version forever.
  private static final int PATIENCE = 5;

  private record Unchanged(long fingerprint, long since) {}

  private final long quiet;
  private final Map<Long, Unchanged> versions = new HashMap<>();

  /**
   * Prepares to watch.
   *
   * @param quiet how long nothing may change before a version counts as whole
   */
  QuietPeriod(Duration quiet) {
    this.quiet = quiet.toNanos();
  }

  /** Removes the state of deleted versions. */
  void retain(Collection<Long> numbers) {
    versions.keySet().retainAll(numbers);
  }

  /**
   * Notes the files of a version.
   *
   * @return for how long they have not changed, in nanoseconds
   */
  long age(long number, VersionFiles files) {
    long now = System.nanoTime();
    Unchanged known = versions.get(number);
    if (known == null) {
      // At first their modification times count; future ones count as now.
      long old = Math.max(0, System.currentTimeMillis() - files.newest());
      known = new Unchanged(files.fingerprint(), now - Duration.ofMillis(old).toNanos());
    } else if (known.fingerprint() != files.fingerprint()) {
      known = new Unchanged(files.fingerprint(), now);
    }
    versions.put(number, known);
    return now - known.since();
  }

  /** Returns whether a version of this age can be read. */
  boolean settled(long age, VersionFiles files) {
    return age >= (files.partial().isEmpty() ? quiet : PATIENCE * quiet);
  }

  /** Returns whether files may still be missing from a version that could not be read. */
  boolean mayGrow(long age) {
    return age < PATIENCE * quiet;
  }
}
