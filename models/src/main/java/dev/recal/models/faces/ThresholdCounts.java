package dev.recal.models.faces;

import java.util.Arrays;

/**
 * How many pairs of each fold are accepted at thresholds of equal steps from 0 to below 4, the
 * maximum of a squared distance of unit vectors. A pair is accepted if its distance is below the
 * threshold.
 */
final class ThresholdCounts {

  private static final int MAXIMUM = 4;

  private final double[] thresholds;
  // By fold, with all folds last: accepted pairs at each threshold.
  private final long[][] trueAccepts;
  private final long[][] falseAccepts;
  private final long[] same;
  private final long[] different;
  private final int all;

  /**
   * Counts.
   *
   * @param perUnit thresholds in each unit: 100 for steps of 0.01
   * @param folds contiguous
   */
  ThresholdCounts(ScoredPairs pairs, Folds folds, int perUnit) {
    thresholds = new double[MAXIMUM * perUnit];
    // As NumPy's arange: multiples of the step, not sums of it.
    Arrays.setAll(thresholds, i -> i * (1.0 / perUnit));
    all = folds.count();
    trueAccepts = new long[all + 1][thresholds.length];
    falseAccepts = new long[all + 1][thresholds.length];
    same = new long[all + 1];
    different = new long[all + 1];
    for (int fold = 0; fold < all; fold++) {
      for (int i = folds.begin(fold); i < folds.end(fold); i++) {
        add(fold, pairs.distances()[i], pairs.same()[i]);
      }
      for (int i = 1; i < thresholds.length; i++) {
        trueAccepts[fold][i] += trueAccepts[fold][i - 1];
        falseAccepts[fold][i] += falseAccepts[fold][i - 1];
      }
      sum(trueAccepts, fold);
      sum(falseAccepts, fold);
      same[all] += same[fold];
      different[all] += different[fold];
    }
  }

  private void add(int fold, double distance, boolean identical) {
    (identical ? same : different)[fold]++;
    int first = firstAbove(distance);
    if (first < thresholds.length) {
      (identical ? trueAccepts : falseAccepts)[fold][first]++;
    }
  }

  // The first threshold that accepts a distance.
  private int firstAbove(double distance) {
    int found = Arrays.binarySearch(thresholds, distance);
    return found >= 0 ? found + 1 : -found - 1;
  }

  private void sum(long[][] counts, int fold) {
    for (int i = 0; i < thresholds.length; i++) {
      counts[all][i] += counts[fold][i];
    }
  }

  double threshold(int index) {
    return thresholds[index];
  }

  long same(int fold) {
    return same[fold];
  }

  long different(int fold) {
    return different[fold];
  }

  /** Returns the first threshold with the best accuracy on all folds but one. */
  int bestWithout(int fold) {
    int best = 0;
    long most = -1;
    for (int i = 0; i < thresholds.length; i++) {
      long correct = correct(all, i) - correct(fold, i);
      if (correct > most) {
        most = correct;
        best = i;
      }
    }
    return best;
  }

  /** Returns the accuracy on a fold. */
  double accuracy(int fold, int index) {
    return (double) correct(fold, index) / (same[fold] + different[fold]);
  }

  private long correct(int fold, int index) {
    return trueAccepts[fold][index] + different[fold] - falseAccepts[fold][index];
  }

  /**
   * Returns the threshold at which the false accept rate on all folds but one is a given one:
   * between the last threshold with at most this rate and the next one, on the line through them;
   * 0, which accepts nothing, if none reaches it.
   */
  double thresholdWithout(int fold, double far) {
    int last = thresholds.length - 1;
    if (farWithout(fold, last) < far) {
      return 0;
    }
    int next = 1;
    while (next <= last && farWithout(fold, next) <= far) {
      next++;
    }
    if (next > last) {
      return thresholds[last];
    }
    double before = farWithout(fold, next - 1);
    double slope = (thresholds[next] - thresholds[next - 1]) / (farWithout(fold, next) - before);
    return slope * (far - before) + thresholds[next - 1];
  }

  private double farWithout(int fold, int index) {
    return (double) (falseAccepts[all][index] - falseAccepts[fold][index])
        / (different[all] - different[fold]);
  }
}
