package dev.recal.tools.serve.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What became of the versions that do not answer; for any thread. */
final class VersionStates {

  private static final int MAX_REMEMBERED = 16;

  /**
   * A version that could not be read.
   *
   * @param fingerprint of its files then
   * @param reason a sentence
   * @param refused whether it is rejected until its files change; otherwise files may still be
   *     missing
   */
  record Failure(long fingerprint, String reason, boolean refused) {}

  private final TreeMap<Long, Failure> failures = new TreeMap<>();
  private final TreeSet<Long> loading = new TreeSet<>();
  private final Map<Long, VersionState> past = new LinkedHashMap<>();

  /** Removes the state of deleted versions. */
  synchronized void retain(Collection<Long> numbers) {
    failures.keySet().retainAll(numbers);
    loading.retainAll(numbers);
  }

  /** Notes that a version is being read, or that its files are waited for. */
  synchronized void loading(long number) {
    failures.remove(number);
    loading.add(number);
  }

  /** Notes that a version answers. */
  synchronized void available(long number) {
    failures.remove(number);
    loading.remove(number);
    past.remove(number);
  }

  /** Records that a version could not be read. */
  synchronized void failed(long number, Failure failure) {
    failures.put(number, failure);
    if (failure.refused()) {
      loading.remove(number);
    } else {
      loading.add(number);
    }
  }

  /** Returns why a version could not be read, if so. */
  synchronized Optional<Failure> failure(long number) {
    return Optional.ofNullable(failures.get(number));
  }

  /** Returns why the highest of those could not be read. */
  synchronized Optional<Failure> highestFailure() {
    return failures.isEmpty() ? Optional.empty() : Optional.of(failures.lastEntry().getValue());
  }

  /** Notes that a version answers its last requests. */
  synchronized void unloading(long number) {
    remember(VersionState.of(number, VersionState.State.UNLOADING));
  }

  /** Notes that a version has answered its last request. */
  synchronized void ended(long number) {
    if (past.containsKey(number)) {
      remember(VersionState.of(number, VersionState.State.END));
    }
  }

  private void remember(VersionState state) {
    past.remove(state.version());
    past.put(state.version(), state);
    while (past.size() > MAX_REMEMBERED) {
      past.remove(past.keySet().iterator().next());
    }
  }

  /**
   * Returns all states, the highest version first.
   *
   * @param loaded the versions that answer
   */
  synchronized List<VersionState> all(Collection<Long> loaded) {
    Map<Long, VersionState> states = new TreeMap<>(Comparator.reverseOrder());
    states.putAll(past);
    failures.forEach(
        (number, failure) -> states.put(number, VersionState.broken(number, failure.reason())));
    loading.forEach(
        number -> states.put(number, VersionState.of(number, VersionState.State.LOADING)));
    loaded.forEach(
        number -> states.put(number, VersionState.of(number, VersionState.State.AVAILABLE)));
    return new ArrayList<>(states.values());
  }
}
