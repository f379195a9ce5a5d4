package dev.recal.graphs.cluster;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Looks every two seconds whether the other workers still listen, and whether this one still makes
 * progress. TensorFlow notices a lost worker at once only if a message to it is under way, and one
 * that hangs not at all.
 */
final class WorkerWatch {

  private static final long PAUSE_MILLIS = 2_000;
  // Time for training to end by itself, with its own message.
  private static final int TRIALS = 4;

  private final Reachability reachability;
  private final Duration timeout;
  private final Consumer<List<String>> lost;
  private volatile boolean armed;
  private volatile long progress;

  /**
   * A watch, which {@link #start} starts.
   *
   * @param timeout without progress, after which a worker counts as lost
   * @param lost gets the workers that could not be reached several times in a row, or none if there
   *     was no progress; called once
   */
  WorkerWatch(Reachability reachability, Duration timeout, Consumer<List<String>> lost) {
    this.reachability = reachability;
    this.timeout = timeout;
    this.lost = lost;
  }

  /** Starts a thread that does not keep the process alive. */
  void start() {
    Thread thread = new Thread(this::watch, "worker-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Notes that the workers have met: in a step, or to exchange numbers. */
  void met() {
    progress = System.nanoTime();
  }

  /** Notes that a step is done, so that the next one may not take longer than the timeout. */
  void stepped() {
    met();
    armed = true;
  }

  /** Notes that a graph is new, whose first step may take long. */
  void disarm() {
    armed = false;
  }

  private void watch() {
    int failures = 0;
    try {
      while (failures < TRIALS) {
        Thread.sleep(PAUSE_MILLIS);
        failures = reachability.unreachable().isEmpty() ? 0 : failures + 1;
        if (armed && System.nanoTime() - progress > timeout.toNanos()) {
          lost.accept(reachability.unreachable());
          return;
        }
      }
      lost.accept(reachability.unreachable());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
