package dev.recal.savedmodels;

import java.util.Set;

/**
 * How a {@link Predictor} runs.
 *
 * @param batch the greatest number of rows in one run; more are split
 * @param warmUp whether the model's golden inputs are run once before the first call
 * @param threads for one operation and among operations; 0 lets TensorFlow choose
 * @param tags of the graph, where a file holds several; empty for the one that is to be served
 */
public record PredictorSettings(int batch, boolean warmUp, int threads, Set<String> tags) {

  /** Refuses settings that make no sense. */
  public PredictorSettings {
    if (batch < 1) {
      throw new IllegalArgumentException("batch: expected at least 1, but got " + batch + ".");
    }
    if (threads < 0) {
      throw new IllegalArgumentException("threads: expected at least 0, but got " + threads + ".");
    }
    tags = Set.copyOf(tags);
  }

  /** The graph that is to be served. */
  public PredictorSettings(int batch, boolean warmUp, int threads) {
    this(batch, warmUp, threads, Set.of());
  }

  /** Batches of 32, no warm-up, threads as TensorFlow likes. */
  public static PredictorSettings defaults() {
    return new PredictorSettings(32, false, 0);
  }
}
