package dev.recal.tools.serve.model;

import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's own threads. No caller waits for their results, so failures are reported here, and
 * the threads continue: a watcher that died would never load another version.
 */
public final class Background {

  private static final Logger LOG = LoggerFactory.getLogger(Background.class);

  private static final long IDLE_SECONDS = 10;

  private Background() {}

  /** Returns a thread that does not keep the process alive; not started. */
  public static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((ended, failure) -> report("Thread " + name, failure));
    return thread;
  }

  /** Returns a scheduler with one such thread. */
  public static ScheduledExecutorService scheduler(String name) {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(1, task -> thread(name, task));
    // A task for each request, which its end cancels, would be kept until its time otherwise.
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }

  /** Returns an executor with some such threads, which end when they have nothing to do. */
  public static ExecutorService executor(String name, int threads) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> thread(name, task));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /**
   * Returns a task that never throws, since a scheduler silently drops a task that did.
   *
   * @param what is done, as the subject of a sentence
   */
  public static Runnable guarded(String what, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable failure) {
        report(what, failure);
      }
    };
  }

  /**
   * Reports a failure in one line, and with its trace if it is a bug.
   *
   * @param what failed, as the subject of a sentence
   */
  public static void report(String what, Throwable failure) {
    String line = what.replaceAll("\\p{Cntrl}", "?") + " failed: " + reason(failure);
    if (failure instanceof IOException || failure instanceof VirtualMachineError) {
      LOG.error(line);
    } else {
      LOG.error(line, failure);
    }
  }

  /** Returns in words what was thrown; the trace of an overflowing stack has a thousand lines. */
  public static String reason(Throwable failure) {
    if (failure instanceof StackOverflowError) {
      return "It is nested too deeply to be read.";
    }
    if (failure instanceof OutOfMemoryError) {
      return "There is not enough memory for it (" + failure.getMessage() + ").";
    }
    if (failure instanceof IOException file) {
      return FileFailures.sentence(file);
    }
    if (failure instanceof UncheckedIOException file) {
      return FileFailures.sentence(file);
    }
    if (TensorFlowFailures.isFrom(failure)) {
      return "TensorFlow failed: " + TensorFlowFailures.reason(failure) + ".";
    }
    String message = failure.getMessage();
    boolean known = failure instanceof ServingException;
    return known && message != null && !message.isBlank() ? message : failure.toString();
  }
}
