package dev.recal.tools.launch;

import dev.recal.tools.console.Failures;
import java.util.Map;

/**
 * How a worker process ended.
 *
 * @param worker its index
 * @param code its exit code; 128 plus the signal's number where a signal ended it
 */
record WorkerExit(int worker, int code) {

  private static final int SIGNAL = 128;

  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9,
          "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");

  /** Returns whether the worker did all its work. */
  boolean isSuccess() {
    return code == 0;
  }

  /** Returns whether the worker was itself well, and gave up because of the others. */
  boolean isConsequence() {
    return code == Failures.WORKER_LOST;
  }

  /** Returns whether Ctrl-C ended the worker. */
  boolean isInterrupt() {
    return code == SIGNAL + 2;
  }

  /** Returns whether the same command would fail again. */
  boolean isFinal() {
    return !isSuccess() && !isConsequence() && code <= SIGNAL;
  }

  /** Returns the end as part of a sentence. */
  String text() {
    String who = "Worker " + worker;
    if (code > SIGNAL) {
      int signal = code - SIGNAL;
      return who + " was killed by " + SIGNALS.getOrDefault(signal, "signal " + signal);
    }
    return isConsequence()
        ? who + " lost the other workers (exit code " + code + ")"
        : who + " failed with exit code " + code;
  }
}
