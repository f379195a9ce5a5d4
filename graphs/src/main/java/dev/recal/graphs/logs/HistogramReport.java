package dev.recal.graphs.logs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The distribution of some values, such as the gates of a layer.
 *
 * @param step steps done when they were computed
 * @param name what they are, for example {@code gates/stage1/block0}
 * @param min the least finite value
 * @param max the greatest finite value
 * @param count the number of finite values
 * @param sum of the finite values
 * @param squares the sum of their squares
 * @param counts of {@value #BINS} bins of equal width from {@code min} to {@code max}
 */
public record HistogramReport(
    long step,
    String name,
    double min,
    double max,
    long count,
    double sum,
    double squares,
    List<Long> counts) {

  /** The number of bins. */
  public static final int BINS = 30;

  /** Copies the counts. */
  public HistogramReport {
    Checks.atLeast("step", step, 0);
    Checks.notBlank("name", name);
    counts = List.copyOf(counts);
  }

  /** Counts values; those that are not finite are left out. */
  public static HistogramReport of(long step, String name, float[] values) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
        squares += (double) value * value;
        count++;
      }
    }
    if (count == 0) {
      return new HistogramReport(step, name, 0, 0, 0, 0, 0, Collections.nCopies(BINS, 0L));
    }
    long[] bins = new long[BINS];
    for (float value : values) {
      if (Float.isFinite(value)) {
        int bin = max > min ? (int) ((value - min) / (max - min) * BINS) : 0;
        bins[Math.min(BINS - 1, bin)]++;
      }
    }
    List<Long> counts = new ArrayList<>();
    for (long bin : bins) {
      counts.add(bin);
    }
    return new HistogramReport(step, name, min, max, count, sum, squares, counts);
  }

  /** Returns the upper end of a bin. */
  public double limit(int bin) {
    return bin == BINS - 1 ? max : min + (max - min) * (bin + 1) / BINS;
  }
}
