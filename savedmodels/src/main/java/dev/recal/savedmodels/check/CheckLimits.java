package dev.recal.savedmodels.check;

/**
 * Limits for what a SavedModel may claim beyond the contents of its files.
 *
 * @param claimedBytes total memory of constants whose values are not stored in full, and memory of
 *     a variable beyond the size of the checkpoint
 * @param functionDepth the maximum depth of function calls
 * @param expandedNodes the maximum number of nodes after inlining all functions
 */
public record CheckLimits(long claimedBytes, int functionDepth, long expandedNodes) {

  /** Rejects limits that allow nothing. */
  public CheckLimits {
    if (claimedBytes < 0) {
      throw new IllegalArgumentException(
          "claimedBytes: expected at least 0, but got " + claimedBytes + ".");
    }
    if (functionDepth < 1) {
      throw new IllegalArgumentException(
          "functionDepth: expected at least 1, but got " + functionDepth + ".");
    }
    if (expandedNodes < 1) {
      throw new IllegalArgumentException(
          "expandedNodes: expected at least 1, but got " + expandedNodes + ".");
    }
  }

  /** 512 MiB, a call depth of 100, 2,000,000 nodes: far above the needs of any real model. */
  public static CheckLimits defaults() {
    return new CheckLimits(512L << 20, 100, 2_000_000);
  }
}
