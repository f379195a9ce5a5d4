package dev.recal.tools.serve.model;

import dev.recal.tools.serve.model.PendingCall.Slice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The calls that wait, and whose turn it is. Clients share the model's time equally; calls of one
 * client share it equally by their size, so that a small call waits for one run of a large one and
 * not for all of it. Not safe for threads.
 */
final class WaitingCalls {

  /** Whose time a call uses: the client's, and within it that of calls of its size. */
  private record Flow(String client, int size) {}

  private final BatchSettings settings;
  private final Map<BatchKey, Deque<PendingCall>> byKey = new LinkedHashMap<>();
  private final FairShares<String> clients = new FairShares<>();
  private final Map<String, FairShares<Integer>> sizes = new HashMap<>();
  private int count;

  WaitingCalls(BatchSettings settings) {
    this.settings = settings;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Returns the number of calls. */
  int length() {
    return count;
  }

  /**
   * Adds a call.
   *
   * @return the evicted call: none if there is room, otherwise the newest call of the client with
   *     the most, which may be the new one
   */
  Optional<PendingCall> add(PendingCall call) {
    byKey.computeIfAbsent(call.key(), key -> new ArrayDeque<>()).add(call);
    if (++count <= settings.waiting()) {
      return Optional.empty();
    }
    Map<Flow, Integer> waiting = new HashMap<>();
    forEach(each -> waiting.merge(flow(each), 1, Integer::sum));
    // Of equals it is the newcomer.
    Flow own = flow(call);
    Flow most = own;
    for (Map.Entry<Flow, Integer> entry : waiting.entrySet()) {
      most = entry.getValue() > waiting.get(most) ? entry.getKey() : most;
    }
    PendingCall[] newest = {null};
    Flow crowd = most;
    forEach(
        each -> {
          boolean later = newest[0] == null || each.arrivalNanos() - newest[0].arrivalNanos() >= 0;
          if (flow(each).equals(crowd) && later) {
            newest[0] = each;
          }
        });
    PendingCall evicted = crowd.equals(own) ? call : newest[0];
    remove(evicted::equals);
    return Optional.of(evicted);
  }

  /** Requeues a call with remaining rows at the front. */
  void requeue(PendingCall call) {
    byKey.computeIfAbsent(call.key(), key -> new ArrayDeque<>()).addFirst(call);
    count++;
  }

  /** Removes calls and returns them. */
  List<PendingCall> remove(Predicate<PendingCall> which) {
    List<PendingCall> removed = new ArrayList<>();
    for (Deque<PendingCall> calls : byKey.values()) {
      calls.removeIf(
          call -> {
            boolean out = which.test(call);
            if (out) {
              removed.add(call);
            }
            return out;
          });
    }
    byKey.values().removeIf(Deque::isEmpty);
    count -= removed.size();
    return removed;
  }

  /**
   * Returns how long it takes until a batch is ready, in nanoseconds; 0 or less if one is, {@link
   * Long#MAX_VALUE} if nothing waits.
   */
  long untilReady(long now) {
    return byKey.values().stream()
        .mapToLong(calls -> untilReady(calls, now))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private long untilReady(Deque<PendingCall> calls, long now) {
    PendingCall first = calls.peek();
    boolean full = calls.stream().mapToLong(PendingCall::remaining).sum() >= settings.rows();
    return full || first.started() ? 0 : settings.delay().toNanos() - (now - first.arrivalNanos());
  }

  /**
   * Takes the next batch: rows of one key, beginning with the call whose turn it is.
   *
   * @param all whether calls that could wait for others are run too
   */
  List<Slice> take(long now, boolean all) {
    Map<String, Map<Integer, PendingCall>> first = new HashMap<>();
    for (Deque<PendingCall> calls : byKey.values()) {
      if (all || untilReady(calls, now) <= 0) {
        for (PendingCall call : calls) {
          Flow flow = flow(call);
          first
              .computeIfAbsent(flow.client(), client -> new HashMap<>())
              .merge(flow.size(), call, WaitingCalls::older);
        }
      }
    }
    String client = clients.next(first.keySet());
    int size =
        sizes.computeIfAbsent(client, any -> new FairShares<>()).next(first.get(client).keySet());
    return batch(first.get(client).get(size));
  }

  private List<Slice> batch(PendingCall leader) {
    Deque<PendingCall> calls = byKey.get(leader.key());
    calls.remove(leader);
    calls.addFirst(leader);
    List<Slice> slices = new ArrayList<>();
    int rows = settings.rows();
    long pixels = settings.pixels();
    while (!calls.isEmpty()) {
      Slice slice = calls.peek().next(rows, pixels);
      // Only a call that begins the batch is cut.
      if (slice.rows() == 0 || !slices.isEmpty() && slice.rows() < calls.peek().remaining()) {
        break;
      }
      slices.add(slice);
      calls.remove();
      count--;
      rows -= slice.rows();
      pixels -= slice.call().call().pixels().sum(slice.from(), slice.to());
      if (rows == 0) {
        break;
      }
    }
    if (calls.isEmpty()) {
      byKey.remove(leader.key());
    }
    return slices;
  }

  /** Notes how long a batch ran, in nanoseconds. */
  void charge(List<Slice> slices, long time) {
    double all = slices.stream().mapToDouble(Slice::weight).sum();
    for (Slice slice : slices) {
      double own = time * (slice.weight() / all);
      Flow flow = flow(slice.call());
      clients.charge(flow.client(), own);
      sizes.computeIfAbsent(flow.client(), client -> new FairShares<>()).charge(flow.size(), own);
    }
    if (sizes.size() > settings.waiting()) {
      sizes.keySet().removeIf(client -> !isWaiting(client));
    }
  }

  private boolean isWaiting(String client) {
    return byKey.values().stream()
        .flatMap(Deque::stream)
        .anyMatch(call -> call.call().client().equals(client));
  }

  private void forEach(Consumer<PendingCall> action) {
    byKey.values().forEach(calls -> calls.forEach(action));
  }

  private static PendingCall older(PendingCall one, PendingCall other) {
    return Comparator.comparing(PendingCall::started)
                .reversed()
                .thenComparingLong(PendingCall::arrivalNanos)
                .compare(one, other)
            <= 0
        ? one
        : other;
  }

  private static Flow flow(PendingCall call) {
    return new Flow(call.call().client(), call.key().size());
  }
}
