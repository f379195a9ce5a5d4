package dev.recal.tools.launch;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A running worker.
 *
 * @param index among the workers; 0 is the chief
 * @param process its process
 * @param output the threads that copy what it prints
 */
record WorkerProcess(int index, Process process, List<Thread> output) {

  // A process that outlives the worker may hold its pipes.
  private static final long OUTPUT_MILLIS = 2000;

  /**
   * Starts a worker.
   *
   * @param index among the workers
   * @param command all words
   * @param environment variables to set; those with an empty value are removed
   * @param output gets what it prints
   * @throws IOException if it cannot be started
   */
  static WorkerProcess start(
      int index, List<String> command, Map<String, String> environment, WorkerOutput output)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
    // Its stdin stays a pipe without data, whose end shows that the launcher has ended.
    Process process = builder.start();
    return new WorkerProcess(
        index,
        process,
        List.of(
            output.copyOut(index, process.getInputStream()),
            output.copyErr(index, process.getErrorStream())));
  }

  /** Returns how it ends, later. */
  CompletableFuture<WorkerExit> exit() {
    return process.onExit().thenApply(ended -> new WorkerExit(index, ended.exitValue()));
  }

  /** Asks it to end. */
  void terminate() {
    // Process.destroy() would also close the pipes, and the worker's last words would be lost.
    process.toHandle().destroy();
  }

  /** Ends it, even if it is stopped. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /**
   * Waits for its end.
   *
   * @return whether it ended
   */
  boolean await(long nanos) throws InterruptedException {
    return process.waitFor(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** Waits until everything that it printed was copied. */
  void awaitOutput() throws InterruptedException {
    for (Thread thread : output) {
      thread.join(OUTPUT_MILLIS);
    }
  }
}
