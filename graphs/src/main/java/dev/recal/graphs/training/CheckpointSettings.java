package dev.recal.graphs.training;

/**
 * When checkpoints are written, and which are kept.
 *
 * <p>There is one before the first step and one at the end. The best one is kept in addition to the
 * latest ones, and one more until the step after the newest has confirmed that its weights are
 * finite.
 *
 * @param everyEpochs epochs between two, at least 1
 * @param everyMinutes minutes between two inside a long epoch, positive
 * @param keep the number of latest checkpoints to keep, at least 1
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
