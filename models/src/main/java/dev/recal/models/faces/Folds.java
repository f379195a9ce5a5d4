package dev.recal.models.faces;

import dev.recal.ops.Arguments;

/**
 * Contiguous folds in the order of the pairs, without a shuffle. If the pairs cannot be divided
 * equally, the first folds have one more, as in scikit-learn's {@code KFold}.
 *
 * @param pairs in all
 * @param count of folds, at least 2
 */
record Folds(int pairs, int count) {

  /** Rejects fewer than two folds, and fewer pairs than folds. */
  Folds {
    Arguments.atLeast(2, "folds", count);
    Arguments.require(
        pairs >= count, "pairs", "at least one for each of " + count + " folds", pairs);
  }

  /** Returns the first pair of a fold. */
  int begin(int fold) {
    return fold * (pairs / count) + Math.min(fold, pairs % count);
  }

  /** Returns the first pair after a fold. */
  int end(int fold) {
    return begin(fold + 1);
  }
}
