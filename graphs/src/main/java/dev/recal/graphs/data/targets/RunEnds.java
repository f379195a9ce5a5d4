package dev.recal.graphs.data.targets;

import java.util.Arrays;

/** Sweeps over two masks, each given by the ends of its runs; see {@link Mask}. */
final class RunEnds {
  private RunEnds() {}

  /** Returns the ends of what either covers, without runs of length zero except the first. */
  static int[] union(int[] a, int[] b) {
    int pixels = a[a.length - 1];
    int[] ends = new int[a.length + b.length];
    int count = 0;
    int i = 0;
    int j = 0;
    boolean covered = false;
    int place = 0;
    while (place < pixels) {
      i = runAt(a, i, place);
      j = runAt(b, j, place);
      boolean now = (i | j) % 2 == 1;
      if (now != covered) {
        ends[count++] = place;
        covered = now;
      }
      place = Math.min(a[i], b[j]);
    }
    ends[count++] = pixels;
    return Arrays.copyOf(ends, count);
  }

  /** Returns how many pixels both cover. */
  static int intersection(int[] a, int[] b) {
    int pixels = a[a.length - 1];
    int common = 0;
    int i = 0;
    int j = 0;
    int place = 0;
    while (place < pixels) {
      i = runAt(a, i, place);
      j = runAt(b, j, place);
      int next = Math.min(a[i], b[j]);
      if ((i & j) % 2 == 1) {
        common += next - place;
      }
      place = next;
    }
    return common;
  }

  // The run that covers a place, at or after a run.
  private static int runAt(int[] ends, int from, int place) {
    int run = from;
    while (ends[run] <= place) {
      run++;
    }
    return run;
  }
}
