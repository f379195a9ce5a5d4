package dev.recal.graphs.training;

/**
 * When checkpoints are written, and which stay.
 *
 * <p>There is one before the first step, one at the end, and the best one stays besides the last
 * ones. One more stays until the step after the newest has shown that its weights are sound.
 *
 * @param everyEpochs epochs between two, at least 1
 * @param everyMinutes minutes between two inside a long epoch, positive
 * @param keep how many of the last ones stay, at least 1
 */
public record CheckpointSettings(int everyEpochs, double everyMinutes, int keep) {

  /** Rejects numbers that would write or keep none. */
  public CheckpointSettings {
    if (everyEpochs < 1) {
      throw new IllegalArgumentException(
          "everyEpochs: expected at least 1, but got " + everyEpochs + ".");
    }
    if (!(everyMinutes > 0)) {
      throw new IllegalArgumentException(
          "everyMinutes: expected a positive number, but got " + everyMinutes + ".");
    }
    if (keep < 1) {
      throw new IllegalArgumentException("keep: expected at least 1, but got " + keep + ".");
    }
  }

  /** Every epoch, every 10 minutes, the last 3. */
  public static CheckpointSettings defaults() {
    return new CheckpointSettings(1, 10, 3);
  }
}
