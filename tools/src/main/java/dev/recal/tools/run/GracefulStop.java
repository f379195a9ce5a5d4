package dev.recal.tools.run;

import dev.recal.graphs.training.StopSignal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and Ctrl-C into a stop after the current step: the process ends when the checkpoint
 * is written, or when the grace period is over, which is reported.
 */
final class GracefulStop implements AutoCloseable {

  /** The grace period: Kubernetes kills after 30 seconds. */
  static final Duration GRACE = Duration.ofSeconds(25);

  private final Duration grace;
  private final Runnable overdue;
  private final StopSignal signal = new StopSignal();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "recal-stop");

  /**
   * Waits for the signal.
   *
   * @param grace how long training may take to stop
   * @param overdue called when the grace period is over; the process ends after it
   */
  GracefulStop(Duration grace, Runnable overdue) {
    this.grace = grace;
    this.overdue = overdue;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Requests the stop, and returns when it is closed or the grace period is over. */
  void stop() {
    signal.request();
    try {
      if (!done.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        overdue.run();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns what stops training. */
  StopSignal signal() {
    return signal;
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The process is ending, which the hook waited for.
    }
  }
}
