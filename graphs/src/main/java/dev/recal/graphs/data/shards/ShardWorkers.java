package dev.recal.graphs.data.shards;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Reads or writes several files at a time. */
public final class ShardWorkers {

  private ShardWorkers() {}

  /**
   * Runs all tasks.
   *
   * @param threads the number of tasks at a time, at least 1
   * @return their results, in order
   * @throws IOException the first failure of a task, whose other exceptions pass unchanged; the
   *     others are stopped
   */
  public static <T> List<T> run(int threads, List<Callable<T>> tasks) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<T>> started = new ArrayList<>();
      tasks.forEach(task -> started.add(workers.submit(task)));
      List<T> results = new ArrayList<>();
      for (Future<T> result : started) {
        results.add(await(result));
      }
      return results;
    } finally {
      stop(workers);
    }
  }

  // A worker in the middle of a shard deletes its hidden file only after it has stopped.
  private static void stop(ExecutorService workers) {
    workers.shutdownNow();
    try {
      workers.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T await(Future<T> result) throws IOException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted before all files were complete; run it again.", e);
    }
  }
}
