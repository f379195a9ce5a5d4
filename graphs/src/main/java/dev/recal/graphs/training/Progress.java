package dev.recal.graphs.training;

/**
 * The clock of a run in this process, over all stages. It is paused during evaluations and
 * checkpoints, and between stages.
 */
final class Progress {

  // Reporting every step would make the metrics of a long run too large to draw.
  private static final long REPORTS = 20_000;

  private final long every;
  private int batch;
  private long total;
  private long resumed;
  private long steps;
  private long reportedSteps;
  private long reportedTime;

  /**
   * Creates a paused clock.
   *
   * @param totalSteps of all stages
   */
  Progress(long totalSteps) {
    this.every = Math.max(1, totalSteps / REPORTS);
  }

  /**
   * Begins a stage.
   *
   * @param imagesInStep images in each of its steps
   */
  void begin(int imagesInStep) {
    batch = imagesInStep;
    reportedSteps = steps;
    reportedTime = total;
  }

  /** Starts the clock before steps. */
  void resume() {
    resumed = System.nanoTime();
  }

  /** Pauses the clock. */
  void pause() {
    total += System.nanoTime() - resumed;
  }

  /** Counts a step. */
  void stepped() {
    steps++;
  }

  /** Returns whether a step is reported. */
  boolean reports(long step) {
    return step % every == 0;
  }

  private long elapsed() {
    return total + System.nanoTime() - resumed;
  }

  /** Returns the seconds of all steps. */
  double seconds() {
    return elapsed() / 1e9;
  }

  /** Returns the images per second since the last call. */
  double imagesPerSecond() {
    long now = elapsed();
    double rate = (steps - reportedSteps) * (double) batch / Math.max(1, now - reportedTime) * 1e9;
    reportedSteps = steps;
    reportedTime = now;
    return rate;
  }

  /** Returns the overall steps per second. */
  double stepsPerSecond() {
    return total == 0 ? 0 : steps / (total / 1e9);
  }
}
