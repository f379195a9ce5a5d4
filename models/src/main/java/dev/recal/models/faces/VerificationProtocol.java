package dev.recal.models.faces;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;

/**
 * The protocol of LFW and of the sets in its form (CFP, AgeDB, CALFW, CPLFW), by cross-validation
 * over contiguous folds:
 *
 * <ul>
 *   <li><b>accuracy</b>: of the thresholds 0, 0.01, …, 3.99 the first one with the best accuracy on
 *       all other folds decides the pairs of a fold: one identity if the squared L2 distance is
 *       below it;
 *   <li><b>TAR at FAR</b>: of the thresholds 0, 0.001, …, 3.999 that at which the false accept rate
 *       on all other folds is the target, interpolated linearly between the last threshold with at
 *       most this rate and the next one, as NumPy's interp does; 0 if none reaches it.
 * </ul>
 *
 * <p>Means are over folds. Deviations are those of a population (division by the number of folds),
 * as in the published evaluations.
 *
 * @param folds at least 2
 * @param fars target false accept rates, in (0, 1]
 */
public record VerificationProtocol(int folds, List<Double> fars) {

  /** The folds of LFW. */
  public static final int FOLDS = 10;

  private static final int ACCURACY_STEPS = 100;
  private static final int RATE_STEPS = 1000;
  private static final double FAR = 1e-3;

  /** Rejects fewer than two folds, and rates that are none. */
  public VerificationProtocol {
    Arguments.atLeast(2, "folds", folds);
    fars = List.copyOf(fars);
    fars.forEach(FalseAcceptRates::require);
  }

  /** Ten folds, and TAR at FAR 1e-3. */
  public static VerificationProtocol defaults() {
    return new VerificationProtocol(FOLDS, List.of(FAR));
  }

  /**
   * Evaluates pairs.
   *
   * @throws IllegalArgumentException if there are fewer pairs than folds, or a fold has no pair of
   *     one identity, or none of different ones
   */
  public VerificationResult evaluate(ScoredPairs pairs) {
    Folds division = new Folds(pairs.count(), folds);
    RocCurve roc = RocCurve.of(pairs);
    List<VerificationResult.Fold> results = new ArrayList<>();
    ThresholdCounts coarse = new ThresholdCounts(pairs, division, ACCURACY_STEPS);
    for (int fold = 0; fold < folds; fold++) {
      if (coarse.same(fold) == 0 || coarse.different(fold) == 0) {
        throw new IllegalArgumentException(
            "pairs: expected pairs of one and of different identities in each fold, but fold "
                + (fold + 1)
                + " of "
                + folds
                + " has no pair of "
                + (coarse.same(fold) == 0 ? "one identity." : "different identities."));
      }
      int best = coarse.bestWithout(fold);
      results.add(
          new VerificationResult.Fold(
              division.end(fold) - division.begin(fold),
              coarse.threshold(best),
              coarse.accuracy(fold, best)));
    }
    ThresholdCounts fine = new ThresholdCounts(pairs, division, RATE_STEPS);
    List<VerificationResult.Rate> rates =
        fars.stream().map(far -> rate(pairs, division, fine, far)).toList();
    return new VerificationResult(results, rates, roc);
  }

  private VerificationResult.Rate rate(
      ScoredPairs pairs, Folds division, ThresholdCounts counts, double far) {
    double[] trueRates = new double[folds];
    double[] falseRates = new double[folds];
    for (int fold = 0; fold < folds; fold++) {
      double threshold = counts.thresholdWithout(fold, far);
      int trueAccepts = 0;
      int falseAccepts = 0;
      for (int i = division.begin(fold); i < division.end(fold); i++) {
        if (pairs.distances()[i] < threshold) {
          trueAccepts += pairs.same()[i] ? 1 : 0;
          falseAccepts += pairs.same()[i] ? 0 : 1;
        }
      }
      trueRates[fold] = (double) trueAccepts / counts.same(fold);
      falseRates[fold] = (double) falseAccepts / counts.different(fold);
    }
    return new VerificationResult.Rate(
        far,
        VerificationResult.mean(trueRates),
        VerificationResult.deviation(trueRates),
        VerificationResult.mean(falseRates));
  }
}
