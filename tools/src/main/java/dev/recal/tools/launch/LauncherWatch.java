package dev.recal.tools.launch;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/**
 * Ends a worker whose launcher has ended, however that happened. A worker's stdin is a pipe that
 * the launcher holds and never writes to: the system closes it with the launcher.
 */
public final class LauncherWatch {

  /** The environment variable that the launcher sets for its workers. */
  public static final String VARIABLE = "RECAL_LAUNCHER";

  // As after SIGTERM, which the launcher would have sent.
  private static final int TERMINATED = 143;

  // More than a worker takes to write its checkpoint.
  private static final long LIMIT_SECONDS = 40;

  private LauncherWatch() {}

  /** Watches the launcher if this process is a worker. */
  public static void start() {
    if (System.getenv(VARIABLE) != null) {
      daemon(() -> watch(System.in), "recal-launcher-watch");
    }
  }

  private static void watch(InputStream pipe) {
    try {
      while (pipe.read() >= 0) {
        // Nothing is ever written.
      }
    } catch (IOException closed) {
      // The same as its end.
    }
    daemon(LauncherWatch::haltLater, "recal-halt");
    // Runs the same hooks as SIGTERM: training stops after its step and writes a checkpoint.
    System.exit(TERMINATED);
  }

  private static void haltLater() {
    try {
      TimeUnit.SECONDS.sleep(LIMIT_SECONDS);
      Runtime.getRuntime().halt(TERMINATED);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
