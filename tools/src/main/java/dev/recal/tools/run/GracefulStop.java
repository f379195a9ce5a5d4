package dev.recal.tools.run;

import dev.recal.graphs.training.StopSignal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and Ctrl-C into a stop after the current step: the process ends when the checkpoint
 * is written, or when the grace period is over.
 */
final class GracefulStop implements AutoCloseable {

  // Kubernetes kills after 30 seconds.
  private static final long GRACE_SECONDS = 25;

  private final StopSignal signal = new StopSignal();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "recal-stop");

  GracefulStop() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    signal.request();
    try {
      done.await(GRACE_SECONDS, TimeUnit.SECONDS);
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
