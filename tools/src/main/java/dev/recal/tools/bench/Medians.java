package dev.recal.tools.bench;

import java.util.Arrays;
import java.util.Collection;

/** Medians of measurements. */
public final class Medians {

  private Medians() {}

  /** Returns the middle value, or the mean of the two middle ones. */
  public static double of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Returns the median of a collection. */
  public static double of(Collection<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
