package dev.recal.graphs.data.items;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The images of a set that turned out to be unreadable after it was opened: damaged where headers
 * do not show it, or lost since. Pipelines on the set report them here, each image once.
 * Thread-safe.
 */
public final class UnreadableItems {
  private final Map<Integer, String> reasons = new TreeMap<>();

  UnreadableItems() {}

  /** Whether an image has been reported. */
  public synchronized boolean contains(int item) {
    return reasons.containsKey(item);
  }

  /**
   * Reports an image.
   *
   * @param reason why, as the end of a sentence that begins with the name
   * @return whether it was not known before
   */
  public synchronized boolean add(int item, String reason) {
    return reasons.putIfAbsent(item, reason) == null;
  }

  /** The number of images reported so far. */
  public synchronized int count() {
    return reasons.size();
  }

  /** The images reported so far, in the order of the set. */
  public synchronized List<Integer> items() {
    return List.copyOf(reasons.keySet());
  }

  /** Why an image is unreadable, as the end of a sentence that begins with its name. */
  public synchronized String reason(int item) {
    return reasons.getOrDefault(item, "");
  }
}
