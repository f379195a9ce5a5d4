package dev.recal.savedmodels;

import java.util.Set;

/**
 * The settings of a {@link Predictor}.
 *
 * @param batch the maximum number of rows in one batch; more are split
 * @param warmUp whether the model's golden inputs are run once before the first call
 * @param threads for one operation and among operations; 0 lets TensorFlow choose
 * @param tags of the graph, if a file contains several; empty for the graph for serving
 */
public record PredictorSettings(int batch, boolean warmUp, int threads, Set<String> tags) {

  /** Rejects invalid settings. */
  public PredictorSettings {
    if (batch < 1) {
      throw new IllegalArgumentException("batch: expected at least 1, but got " + batch + ".");
    }
    if (threads < 0) {
      throw new IllegalArgumentException("threads: expected at least 0, but got " + threads + ".");
    }
    tags = Set.copyOf(tags);
  }

  /** The graph for serving. */
  public PredictorSettings(int batch, boolean warmUp, int threads) {
    this(batch, warmUp, threads, Set.of());
  }

  /** Batches of 32, no warm-up, TensorFlow's choice of threads. */
  public static PredictorSettings defaults() {
    return new PredictorSettings(32, false, 0);
  }
}
