package dev.recal.graphs.cluster;

import java.util.List;
import java.util.function.Consumer;

/**
 * Looks every two seconds whether the other workers still listen. TensorFlow notices a lost one at
 * once only if a message to it is under way, and otherwise at the end of the step's timeout.
 */
final class WorkerWatch {

  private static final long PAUSE_MILLIS = 2_000;
  // Time for training to end by itself, with its own message.
  private static final int TRIALS = 4;

  private final Reachability reachability;
  private final Consumer<List<String>> lost;

  private WorkerWatch(Reachability reachability, Consumer<List<String>> lost) {
    this.reachability = reachability;
    this.lost = lost;
  }

  /**
   * Starts a thread that does not keep the process alive.
   *
   * @param lost gets the workers that could not be reached several times in a row, once
   */
  static void start(Reachability reachability, Consumer<List<String>> lost) {
    Thread thread = new Thread(new WorkerWatch(reachability, lost)::watch, "worker-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    int failures = 0;
    try {
      while (failures < TRIALS) {
        Thread.sleep(PAUSE_MILLIS);
        failures = reachability.unreachable().isEmpty() ? 0 : failures + 1;
      }
      List<String> missing = reachability.unreachable();
      if (!missing.isEmpty()) {
        lost.accept(missing);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
