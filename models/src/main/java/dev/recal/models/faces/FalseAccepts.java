package dev.recal.models.faces;

import java.util.Arrays;

/**
 * Counts, for each similarity of a genuine pair, the impostor pairs that are at least as similar.
 * So the true accept rate at any false accept rate is exact, without storing billions of impostor
 * pairs.
 */
final class FalseAccepts {

  private static final int BUCKETS = 1 << 16;

  private final float[] genuine;
  // The number of genuine similarities in lower buckets, by bucket: where a search begins.
  private final int[] begins;

  /** Takes the similarities of genuine pairs, from −1 to 1, and sorts them. */
  FalseAccepts(float[] genuine) {
    this.genuine = genuine;
    Arrays.sort(genuine);
    begins = new int[BUCKETS + 1];
    for (float similarity : genuine) {
      begins[bucket(similarity) + 1]++;
    }
    for (int i = 0; i < BUCKETS; i++) {
      begins[i + 1] += begins[i];
    }
  }

  // Rounding may bring a product slightly outside.
  private static int bucket(float similarity) {
    return Math.max(0, Math.min(BUCKETS - 1, (int) ((similarity + 1) * (BUCKETS / 2))));
  }

  /** Returns counters for one thread. */
  long[] counters() {
    return new long[genuine.length + 1];
  }

  /** Counts impostor pairs by the number of genuine pairs that are not more similar. */
  void count(float[] similarities, int number, long[] counters) {
    for (int i = 0; i < number; i++) {
      float similarity = similarities[i];
      int bucket = bucket(similarity);
      int low = begins[bucket];
      int high = begins[bucket + 1];
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (genuine[middle] <= similarity) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      counters[low]++;
    }
  }

  /**
   * Returns the share of genuine pairs that are accepted when a share of the impostor pairs may be.
   *
   * @param counters of all threads together
   * @param allowed the number of impostor pairs that may be accepted
   */
  double trueAcceptRate(long[] counters, long allowed) {
    long impostors = 0;
    int accepted = 0;
    // Genuine pair j is accepted together with all impostors counted above it.
    for (int j = genuine.length - 1; j >= 0; j--) {
      impostors += counters[j + 1];
      if (impostors > allowed) {
        break;
      }
      accepted++;
    }
    return (double) accepted / genuine.length;
  }
}
