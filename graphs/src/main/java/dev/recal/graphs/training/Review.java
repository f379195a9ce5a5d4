package dev.recal.graphs.training;

import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a job found when it looked at what it has learned: an evaluation, or pictures. */
public interface Review {

  /**
   * Returns how good the weights are: a greater score is better. It determines the best checkpoint
   * and early stopping; without it, the newest checkpoint is used.
   */
  OptionalDouble score();

  /** Returns what was measured, by name. */
  SortedMap<String, Double> metrics();

  /** Returns a review that measured nothing, for example one that drew pictures. */
  static Review unscored() {
    return new Scored(OptionalDouble.empty(), new TreeMap<>());
  }

  /** Returns a review with a score and its metrics. */
  static Review of(double score, SortedMap<String, Double> metrics) {
    return new Scored(OptionalDouble.of(score), metrics);
  }

  /**
   * A review that is its numbers.
   *
   * @param score greater is better
   * @param metrics by name
   */
  record Scored(OptionalDouble score, SortedMap<String, Double> metrics) implements Review {}
}
