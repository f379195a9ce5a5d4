package dev.recal.savedmodels;

/**
 * How a {@link Predictor} runs.
 *
 * @param batch the greatest number of rows in one run; more are split
 * @param warmUp whether the model's golden inputs are run once before the first call
 * @param threads for one operation and among operations; 0 lets TensorFlow choose
 */
public record PredictorSettings(int batch, boolean warmUp, int threads) {

  /** Refuses settings that make no sense. */
  public PredictorSettings {
    if (batch < 1) {
      throw new IllegalArgumentException("batch: expected at least 1, but " + batch + " came.");
    }
    if (threads < 0) {
      throw new IllegalArgumentException("threads: expected 0 or more, but " + threads + " came.");
    }
  }

  /** Batches of 32, no warm-up, threads as TensorFlow likes. */
  public static PredictorSettings defaults() {
    return new PredictorSettings(32, false, 0);
  }
}
