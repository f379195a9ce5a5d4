package dev.recal.graphs.cluster;

import java.time.Duration;

/**
 * Tells the other workers that the chief is alive while it works on its own, and how the work
 * ended.
 */
final class Heartbeat implements AutoCloseable {

  /** The chief has finished its work. */
  static final double DONE = 0;

  /** The chief works. */
  static final double WORKING = 1;

  /** The chief's work failed. */
  static final double FAILED = 2;

  private final Workers workers;
  private final Duration pause;
  private final Thread thread;
  private double end = FAILED;
  private boolean ended;
  private RuntimeException failure;

  /**
   * Starts.
   *
   * @param pause between two beats
   */
  Heartbeat(Workers workers, Duration pause) {
    this.workers = workers;
    this.pause = pause;
    this.thread = new Thread(this::beat, "heartbeat");
    thread.setDaemon(true);
    thread.start();
  }

  /** Notes that the work is done. */
  void succeeded() {
    end = DONE;
  }

  private void beat() {
    try {
      while (!isEnded()) {
        workers.sum(WORKING);
      }
      workers.sum(end);
    } catch (RuntimeException lost) {
      failure = lost;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // Short work, the usual one, ends the first pause.
  private synchronized boolean isEnded() throws InterruptedException {
    if (!ended) {
      wait(pause.toMillis());
    }
    return ended;
  }

  /**
   * Tells the others the end.
   *
   * @throws WorkerLostException if one was lost meanwhile; the work was not disturbed
   */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException signal) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null && end == DONE) {
      throw failure;
    }
  }
}
