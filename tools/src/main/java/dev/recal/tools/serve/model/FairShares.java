package dev.recal.tools.serve.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Equal shares of the model's time for all who want it, by start-time fair queueing (Goyal, Vin and
 * Cheng 1996): whoever was served least is next, and time in which somebody wanted nothing is not
 * saved up.
 *
 * @param <K> who shares
 */
final class FairShares<K extends Comparable<K>> {

  // What each was served, on a clock that runs at the pace of whoever is served least.
  private final Map<K, Double> served = new HashMap<>();
  private double clock;

  /** Returns who is next among those that wait; the smallest of equals. */
  K next(Collection<K> waiting) {
    K next =
        waiting.stream()
            .min(Comparator.comparingDouble(this::served).thenComparing(Comparator.naturalOrder()))
            .orElseThrow();
    clock = served(next);
    // Who is not ahead of the clock starts from it anyway.
    served.values().removeIf(time -> time <= clock);
    return next;
  }

  /** Notes time that somebody used. */
  void charge(K user, double time) {
    served.put(user, served(user) + time);
  }

  private double served(K user) {
    return Math.max(clock, served.getOrDefault(user, 0.0));
  }
}
