package dev.recal.ops.runtime;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The number of threads that TensorFlow computes each operation with, its "intra-op" threads: one
 * for the process, since TensorFlow starts them once. Not safe for several threads.
 */
final class OperationThreads {

  private static final String VARIABLE = "TF_NUM_INTRAOP_THREADS";

  private final Set<Integer> warned = new HashSet<>();
  private OptionalInt started = OptionalInt.empty();
  private int requested;

  /**
   * Asks for a number of threads.
   *
   * @param threads 0 for TensorFlow's choice, which is never refused
   * @return what users should know if the threads were started with another number; once for each
   */
  Optional<String> request(int threads) {
    if (started.isEmpty()) {
      requested = threads;
      return Optional.empty();
    }
    int running = started.getAsInt() == 0 ? choice() : started.getAsInt();
    if (threads == 0 || threads == running || !warned.add(threads)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "threads: %d has no effect within operations: TensorFlow's threads were started with %d"
                + " by an earlier session of this process. Set %s=%d in the environment.",
            threads,
            running,
            VARIABLE,
            threads));
  }

  /** Returns the number to start with: the last that was asked for. */
  int start() {
    started = OptionalInt.of(requested);
    return requested;
  }

  // TensorFlow ignores a variable that is not a number.
  private static int choice() {
    String set = System.getenv(VARIABLE);
    try {
      int number = set == null ? 0 : Integer.parseInt(set.strip());
      return number > 0 ? number : Runtime.getRuntime().availableProcessors();
    } catch (NumberFormatException ignored) {
      return Runtime.getRuntime().availableProcessors();
    }
  }
}
