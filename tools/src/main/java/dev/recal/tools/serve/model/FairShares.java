package dev.recal.tools.serve.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Equal shares of the model's time for all clients, by start-time fair queueing (Goyal, Vin and
 * Cheng 1996): the least served client is next, and idle time is not saved up.
 *
 * @param <K> who shares
 */
final class FairShares<K extends Comparable<K>> {

  // The service of each client, on a clock that follows the least served one.
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

  /** Charges time to a client. */
  void charge(K user, double time) {
    served.put(user, served(user) + time);
  }

  private double served(K user) {
    return Math.max(clock, served.getOrDefault(user, 0.0));
  }
}
