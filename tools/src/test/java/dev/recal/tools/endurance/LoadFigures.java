package dev.recal.tools.endurance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the clients of a server saw: the answers by kind of request, and the times of some. */
final class LoadFigures {

  private static final int NAMED = 20;

  private final Map<String, Map<String, Integer>> outcomes = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private long[] nanos = new long[1 << 12];
  private int timed;

  /** Counts an outcome that was expected. */
  synchronized void add(String kind, String outcome) {
    outcomes.computeIfAbsent(kind, any -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
  }

  /** Counts an outcome that is wrong. */
  synchronized void fail(String kind, String outcome, String details) {
    add(kind, "WRONG: " + outcome);
    if (failures.size() < NAMED) {
      failures.add(
          kind + ", " + outcome + ": " + details.substring(0, Math.min(300, details.length())));
    }
  }

  /** Notes how long a request took. */
  synchronized void time(long duration) {
    if (timed == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * timed);
    }
    nanos[timed++] = duration;
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  synchronized int count(String kind) {
    return outcomes.getOrDefault(kind, Map.of()).values().stream().mapToInt(n -> n).sum();
  }

  /** Returns the milliseconds within which a share of the timed requests was answered. */
  synchronized double milliseconds(double share) {
    long[] sorted = Arrays.copyOf(nanos, timed);
    Arrays.sort(sorted);
    return timed == 0 ? Double.NaN : sorted[(int) Math.min(timed - 1, share * timed)] / 1e6;
  }

  /** Returns a line of the times, and a line for each kind of request. */
  synchronized List<String> lines(String title) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d light requests, p50 %.1f ms, p99 %.1f ms",
            title,
            timed,
            milliseconds(0.5),
            milliseconds(0.99)));
    outcomes.forEach((kind, counts) -> lines.add("  " + kind + ": " + counts));
    return lines;
  }
}
