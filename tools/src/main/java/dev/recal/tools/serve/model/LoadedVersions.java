package dev.recal.tools.serve.model;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** The loaded versions of a model; for any thread. */
final class LoadedVersions {

  private final TreeMap<Long, LoadedVersion> versions = new TreeMap<>();

  synchronized void add(LoadedVersion version) {
    versions.put(version.number(), version);
  }

  /** Returns a version, or the highest; null if it is not loaded. */
  synchronized LoadedVersion get(OptionalLong number) {
    if (number.isPresent()) {
      return versions.get(number.getAsLong());
    }
    return versions.isEmpty() ? null : versions.lastEntry().getValue();
  }

  synchronized boolean contains(long number) {
    return versions.containsKey(number);
  }

  synchronized boolean isEmpty() {
    return versions.isEmpty();
  }

  /** Returns their numbers. */
  synchronized Set<Long> numbers() {
    return Set.copyOf(versions.keySet());
  }

  /** Returns the number of calls that wait for them. */
  synchronized int waiting() {
    return versions.values().stream().mapToInt(version -> version.queue().length()).sum();
  }

  /** Removes all but some, and returns them. */
  synchronized List<LoadedVersion> retain(Set<Long> kept) {
    List<LoadedVersion> removed = new ArrayList<>();
    versions
        .entrySet()
        .removeIf(
            entry -> {
              boolean out = !kept.contains(entry.getKey());
              if (out) {
                removed.add(entry.getValue());
              }
              return out;
            });
    return removed;
  }
}
