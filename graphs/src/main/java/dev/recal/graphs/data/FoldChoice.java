package dev.recal.graphs.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Cuts a set into stratified folds. The images of each stratum (a class, within a domain where
 * there are domains) are shuffled and dealt out to the folds in turn; each stratum begins where the
 * one before ended. So the folds' sizes, and their shares of each stratum, differ by at most one
 * image.
 */
public final class FoldChoice {

  private static final int MIN_FOLDS = 2;

  private FoldChoice() {}

  /** Rejects fewer than two folds, and a fold that is not one of them. */
  public static void require(int folds, int fold) {
    if (folds < MIN_FOLDS) {
      throw new IllegalArgumentException("folds: expected at least 2, but got " + folds + ".");
    }
    if (fold < 1 || fold > folds) {
      throw new IllegalArgumentException(
          "fold: expected from 1 to " + folds + ", but got " + fold + ".");
    }
  }

  /**
   * Returns the images of a fold, or all others.
   *
   * @param folds at least 2
   * @param fold from 1
   * @param seed random seed of the cut, the same for all folds of a set
   * @param heldOut whether the fold's own images are returned
   * @param domain the domain of an image by its name
   * @return positions in the set, in ascending order
   * @throws IllegalArgumentException if there are fewer images than folds
   */
  public static int[] of(
      DataSet set,
      int folds,
      int fold,
      long seed,
      boolean heldOut,
      Function<String, Optional<String>> domain) {
    require(folds, fold);
    if (set.count() < folds) {
      throw new IllegalArgumentException(
          ("folds: expected at most the " + set.count() + " images of " + set.name())
              + (", but got " + folds + "."));
    }
    Map<String, List<Integer>> strata = new TreeMap<>();
    for (int i = 0; i < set.count(); i++) {
      String stratum = domain.apply(set.itemName(i)).orElse("") + "/" + set.stratum(i);
      strata.computeIfAbsent(stratum, key -> new ArrayList<>()).add(i);
    }
    int[] foldOf = new int[set.count()];
    int next = 0;
    long number = 0;
    for (List<Integer> members : strata.values()) {
      for (int place : new SplitMix64(SplitMix64.mix(seed, number++)).permutation(members.size())) {
        foldOf[members.get(place)] = next;
        next = (next + 1) % folds;
      }
    }
    return IntStream.range(0, foldOf.length)
        .filter(index -> (foldOf[index] == fold - 1) == heldOut)
        .toArray();
  }
}
