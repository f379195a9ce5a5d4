package dev.recal.models.faces;

import java.util.Arrays;

/** The highest similarities of a probe with distractors, as many as ranks are of interest. */
final class NearestDistractors {

  // Descending.
  private final float[] nearest;

  NearestDistractors(int ranks) {
    nearest = new float[ranks];
    Arrays.fill(nearest, Float.NEGATIVE_INFINITY);
  }

  void add(float[] similarities, int number) {
    int last = nearest.length - 1;
    for (int i = 0; i < number; i++) {
      float similarity = similarities[i];
      if (similarity > nearest[last]) {
        int place = last;
        while (place > 0 && nearest[place - 1] < similarity) {
          nearest[place] = nearest[place - 1];
          place--;
        }
        nearest[place] = similarity;
      }
    }
  }

  /**
   * Returns the rank of a mate among the distractors, from 1; a distractor that is exactly as
   * similar is before it. All ranks beyond those of interest are one more.
   */
  int rank(float mate) {
    int rank = 0;
    while (rank < nearest.length && nearest[rank] >= mate) {
      rank++;
    }
    return rank + 1;
  }
}
