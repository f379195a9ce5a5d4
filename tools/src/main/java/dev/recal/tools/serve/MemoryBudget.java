package dev.recal.tools.serve;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all request bodies together may hold. A part is kept for small bodies, so that
 * large ones never take all.
 */
final class MemoryBudget {

  /** Bodies up to this length are small. */
  static final int SMALL = 1 << 20;

  private static final int SMALL_PART = 8;

  private final AtomicLong left;
  private final long kept;

  /**
   * Sets the budget.
   *
   * @param bytes for bodies of any length; those for small ones come on top
   */
  MemoryBudget(long bytes) {
    kept = bytes / SMALL_PART;
    left = new AtomicLong(bytes + kept);
  }

  /**
   * Takes bytes; false where there are not so many.
   *
   * @param body how long the body is with them
   */
  boolean take(long bytes, long body) {
    if (left.addAndGet(-bytes) >= (body > SMALL ? kept : 0)) {
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
