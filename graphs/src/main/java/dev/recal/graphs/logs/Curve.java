package dev.recal.graphs.logs;

import java.util.Arrays;
import java.util.Locale;

/**
 * Points of a curve, from left to right; a y that is not finite is a gap.
 *
 * @param x positions, ascending
 * @param y values
 */
record Curve(double[] x, double[] y) {
  Curve {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "x, y: expected the same length, but got %d and %d values.",
              x.length,
              y.length));
    }
  }

  int size() {
    return x.length;
  }

  boolean hasFinite() {
    return Arrays.stream(y).anyMatch(Double::isFinite);
  }

  /**
   * The exponential moving average over about {@code span} points, with bias correction (Kingma and
   * Ba 2015, section 3). Gaps stay gaps and do not affect the average.
   */
  Curve smoothed(int span) {
    double decay = 1 - 2.0 / (Math.max(1, span) + 1);
    double[] smooth = new double[y.length];
    double average = 0;
    double weight = 0;
    for (int i = 0; i < y.length; i++) {
      if (Double.isFinite(y[i])) {
        average = decay * average + (1 - decay) * y[i];
        weight = decay * weight + (1 - decay);
        smooth[i] = average / weight;
      } else {
        smooth[i] = Double.NaN;
      }
    }
    return new Curve(x, smooth);
  }

  /**
   * The curve in at most {@code 2 * buckets} points: the lowest and the highest of each bucket in
   * their order, so that noise and spikes keep their height.
   */
  Curve thinned(int buckets) {
    if (size() <= 2 * buckets) {
      return this;
    }
    double[] thinX = new double[2 * buckets];
    double[] thinY = new double[2 * buckets];
    for (int bucket = 0; bucket < buckets; bucket++) {
      int from = (int) ((long) size() * bucket / buckets);
      int to = (int) ((long) size() * (bucket + 1) / buckets);
      int low = extreme(from, to, -1);
      int high = extreme(from, to, 1);
      int first = Math.min(low, high);
      int second = Math.max(low, high);
      thinX[2 * bucket] = x[first];
      thinY[2 * bucket] = y[first];
      thinX[2 * bucket + 1] = x[second];
      thinY[2 * bucket + 1] = y[second];
    }
    return new Curve(thinX, thinY);
  }

  private int extreme(int from, int to, int sign) {
    int best = from;
    for (int i = from + 1; i < to; i++) {
      if (Double.isFinite(y[i]) && (!Double.isFinite(y[best]) || sign * y[i] > sign * y[best])) {
        best = i;
      }
    }
    return best;
  }

  /** The value below which the share of the finite values lies, or NaN without any. */
  double quantile(double share) {
    double[] sorted = Arrays.stream(y).filter(Double::isFinite).sorted().toArray();
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  /** Values that are not finite as NaN, which the charts draw as a gap. */
  Curve withGaps() {
    return new Curve(x, Arrays.stream(y).map(v -> Double.isFinite(v) ? v : Double.NaN).toArray());
  }
}
