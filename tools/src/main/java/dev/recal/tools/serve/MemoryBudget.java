package dev.recal.tools.serve;

import java.util.concurrent.atomic.AtomicLong;

/** The memory budget of all request bodies. */
final class MemoryBudget {

  private final AtomicLong left;

  MemoryBudget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /** Takes bytes; false if there are not enough. */
  boolean take(long bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    left.addAndGet(bytes);
    return false;
  }

  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }

  /** Returns the remaining bytes. */
  long left() {
    return left.get();
  }
}
