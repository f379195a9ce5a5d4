package dev.recal.tools.launch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The workers of one start: they run together and end together. */
final class Gang {

  private final List<WorkerProcess> workers = new ArrayList<>();
  private final BlockingQueue<WorkerExit> exits = new LinkedBlockingQueue<>();

  /** Starts one worker. */
  interface Starter {
    /** Starts the worker with an index. */
    WorkerProcess start(int worker) throws IOException;
  }

  private Gang() {}

  /**
   * Starts all workers.
   *
   * @throws IOException if one cannot be started; the others are ended
   */
  static Gang start(int count, Starter starter) throws IOException {
    Gang gang = new Gang();
    try {
      for (int worker = 0; worker < count; worker++) {
        WorkerProcess process = starter.start(worker);
        gang.workers.add(process);
        process.exit().thenAccept(gang.exits::add);
      }
      return gang;
    } catch (IOException | RuntimeException failure) {
      gang.workers.forEach(WorkerProcess::kill);
      throw failure;
    }
  }

  /**
   * Waits until all workers have done their work, or one has failed.
   *
   * @param settle how long one waits for a better explanation after a worker lost the others
   * @param finish how long the others may take after the chief has done its work
   * @return the exit of the worker that failed first; empty if the chief and all others that have
   *     ended are done
   */
  Optional<WorkerExit> await(Duration settle, Duration finish) throws InterruptedException {
    boolean chiefDone = false;
    for (int ended = 0; ended < workers.size(); ended++) {
      WorkerExit exit =
          chiefDone ? exits.poll(finish.toNanos(), TimeUnit.NANOSECONDS) : exits.take();
      if (exit == null) {
        return Optional.empty();
      }
      if (!exit.isSuccess()) {
        return Optional.of(exit.isConsequence() ? cause(exit, settle) : exit);
      }
      chiefDone |= exit.worker() == 0;
    }
    return Optional.empty();
  }

  // The worker that failed itself may need longer to end than the one that noticed it.
  private WorkerExit cause(WorkerExit consequence, Duration settle) throws InterruptedException {
    long end = System.nanoTime() + settle.toNanos();
    WorkerExit next = exits.poll(settle.toNanos(), TimeUnit.NANOSECONDS);
    while (next != null) {
      if (!next.isSuccess() && !next.isConsequence()) {
        return next;
      }
      next = exits.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return consequence;
  }

  /**
   * Ends all workers: SIGTERM, and SIGKILL after the grace. Does nothing to those that have ended.
   *
   * @return the workers that had to be killed
   */
  List<Integer> end(Duration grace) throws InterruptedException {
    workers.stream().filter(worker -> worker.process().isAlive()).forEach(WorkerProcess::terminate);
    long end = System.nanoTime() + grace.toNanos();
    List<Integer> killed = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      if (!worker.await(end - System.nanoTime())) {
        worker.kill();
        killed.add(worker.index());
      }
    }
    for (WorkerProcess worker : workers) {
      worker.process().waitFor();
      worker.awaitOutput();
    }
    return killed;
  }
}
