package dev.recal.tools.serve.call;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all request bodies together may hold. A part is kept for small bodies, so that
 * large ones never take all.
 */
public final class MemoryBudget {

  /** Bodies up to this length are small. */
  public static final int SMALL_BODY = 1 << 20;

  private static final int RESERVED_FRACTION = 8;

  private final AtomicLong available;
  private final long kept;

  /**
   * Sets the budget.
   *
   * @param bytes for bodies of any length, in addition to those for small ones
   */
  public MemoryBudget(long bytes) {
    kept = bytes / RESERVED_FRACTION;
    available = new AtomicLong(bytes + kept);
  }

  /**
   * Acquires bytes; returns false if fewer are available.
   *
   * @param body how long the body is with them
   */
  public boolean tryAcquire(long bytes, long body) {
    if (available.addAndGet(-bytes) >= (body > SMALL_BODY ? kept : 0)) {
      return true;
    }
    available.addAndGet(bytes);
    return false;
  }

  /** Gives bytes back. */
  public void release(long bytes) {
    available.addAndGet(bytes);
  }

  /** Returns the remaining bytes. */
  public long available() {
    return available.get();
  }
}
