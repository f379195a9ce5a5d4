package dev.recal.tools.serve;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all request bodies together may hold. */
final class MemoryBudget {

  private final AtomicLong left;

  MemoryBudget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /** Takes bytes; false where there are not so many. */
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

  /** Returns what is left, which is all when no body is held. */
  long left() {
    return left.get();
  }
}
