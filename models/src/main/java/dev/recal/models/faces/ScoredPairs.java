package dev.recal.models.faces;

import dev.recal.ops.Arguments;
import java.util.List;

/**
 * Pairs of images with their distances.
 *
 * @param distances squared L2 distances of normalised embeddings, 0–4, in the order of the pairs;
 *     not copied
 * @param same whether the two images show one identity; not copied
 */
public record ScoredPairs(double[] distances, boolean[] same) {

  /** Rejects arrays of different lengths, and distances that are not finite. */
  public ScoredPairs {
    Arguments.require(
        distances.length == same.length, "same", distances.length + " values", same.length);
    for (int i = 0; i < distances.length; i++) {
      if (!Double.isFinite(distances[i])) {
        throw new IllegalArgumentException(
            "distances: expected finite numbers, but pair "
                + (i + 1)
                + " has "
                + distances[i]
                + ".");
      }
    }
  }

  /**
   * Measures the distances of normalised embeddings.
   *
   * @param embeddings two rows a pair; normalised here, in double precision
   * @param same whether a pair shows one identity
   * @throws IllegalArgumentException if there are not two rows a pair, their lengths differ, or a
   *     row is zero or not finite
   */
  public static ScoredPairs of(double[][] embeddings, List<Boolean> same) {
    Arguments.require(
        embeddings.length == 2 * same.size(),
        "embeddings",
        "two rows for each of " + same.size() + " pairs",
        embeddings.length + " rows");
    double[] distances = new double[same.size()];
    boolean[] identical = new boolean[same.size()];
    for (int i = 0; i < distances.length; i++) {
      double[] first = UnitVectors.of(embeddings[2 * i], "Row " + (2 * i + 1));
      double[] second = UnitVectors.of(embeddings[2 * i + 1], "Row " + (2 * i + 2));
      Arguments.require(
          first.length == second.length,
          "embeddings",
          "rows of equal length",
          first.length + " and " + second.length + " values");
      distances[i] = UnitVectors.squaredDistance(first, second);
      identical[i] = same.get(i);
    }
    return new ScoredPairs(distances, identical);
  }

  /** Returns the number of pairs. */
  public int count() {
    return distances.length;
  }

  /** Returns the number of pairs of one identity. */
  public int sameCount() {
    int count = 0;
    for (boolean identical : same) {
      count += identical ? 1 : 0;
    }
    return count;
  }
}
