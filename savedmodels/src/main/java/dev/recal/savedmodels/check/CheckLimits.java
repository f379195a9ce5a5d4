package dev.recal.savedmodels.check;

/**
 * How much a SavedModel may ask for beyond what its files hold.
 *
 * @param claimedBytes memory that constants claim without writing their values out, in sum, and
 *     that a variable may claim beyond the size of the checkpoint
 * @param functionDepth how deep functions may call one another
 * @param expandedNodes the number of nodes once all functions are put in the place of their calls
 */
public record CheckLimits(long claimedBytes, int functionDepth, long expandedNodes) {

  /** Refuses limits that allow nothing. */
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

  /** 512 MiB, 100 functions deep, 2,000,000 nodes: far above what models of any size need. */
  public static CheckLimits defaults() {
    return new CheckLimits(512L << 20, 100, 2_000_000);
  }
}
