package dev.recal.tools.serve.model;

import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.serve.model.PendingCall.Slice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches calls of one signature and row shape, and returns to each caller its own rows.
 *
 * <p>While a batch runs others gather, so that batches grow with the load even without a delay. A
 * batch that the model rejects is run again call by call: the client of the bad row gets the error,
 * the others do not. A call that is too large for one run is cut; {@link WaitingCalls} decides
 * whose turn is next between its runs. An abandoned call leaves the queue.
 */
final class BatchQueue implements AutoCloseable {

  /** The model: inputs to outputs. */
  interface Model {
    Map<String, TensorValue> call(String signature, Map<String, TensorValue> inputs);
  }

  /** Receives the number of rows of each batch and its time in nanoseconds. */
  interface Runs {
    void ran(int rows, long nanoseconds);
  }

  private static final Logger LOG = LoggerFactory.getLogger(BatchQueue.class);

  private final Model model;
  private final BatchSettings settings;
  private final Runs runs;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final WaitingCalls waiting;
  private final RateLimitedLog evictions = new RateLimitedLog(LOG);
  private final List<Thread> threads = new ArrayList<>();
  private boolean closed;

  BatchQueue(Model model, BatchSettings settings) {
    this(model, settings, (rows, nanoseconds) -> {});
  }

  BatchQueue(Model model, BatchSettings settings, Runs runs) {
    this.model = model;
    this.settings = settings;
    this.runs = runs;
    waiting = new WaitingCalls(settings);
    for (int i = 0; i < settings.threads(); i++) {
      Thread thread = Background.thread("batch-" + i, this::work);
      thread.start();
      threads.add(thread);
    }
  }

  /**
   * Enqueues a call.
   *
   * @return the outputs; an {@link IllegalArgumentException} where the model rejects the inputs
   * @throws ServingException if too many calls wait or the queue is closed; then the call is not
   *     released
   */
  CompletableFuture<Map<String, TensorValue>> submit(ModelCall asked) {
    PendingCall call = new PendingCall(asked, BatchKey.of(asked, settings), System.nanoTime());
    Optional<PendingCall> evicted;
    lock.lock();
    try {
      if (closed) {
        throw new ServingException(ServingStatus.UNAVAILABLE, "The model is being unloaded.");
      }
      evicted = waiting.add(call);
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (evicted.isPresent()) {
      evictions.warn("The queue of " + settings.waiting() + " requests is full.");
      if (evicted.get() == call) {
        throw full();
      }
      evicted.get().fail(full());
    }
    call.answer()
        .whenComplete(
            (outputs, failure) -> {
              if (failure != null) {
                discard(call);
              }
            });
    return call.answer();
  }

  private static ServingException full() {
    return new ServingException(
        ServingStatus.UNAVAILABLE,
        "queue_full",
        "The batch scheduling queue to which this task was submitted is full");
  }

  // A call that runs is released after its run.
  private void discard(PendingCall call) {
    List<PendingCall> removed;
    lock.lock();
    try {
      removed = waiting.remove(call::equals);
    } finally {
      lock.unlock();
    }
    removed.forEach(PendingCall::release);
  }

  /** Runs the waiting calls, and ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void work() {
    boolean more = true;
    while (more) {
      try {
        List<Slice> batch = take();
        more = !batch.isEmpty();
        run(batch);
      } catch (Throwable failure) {
        Background.report("The batch queue", failure);
      }
    }
  }

  // Empty when there is nothing left to do.
  private List<Slice> take() {
    while (true) {
      List<PendingCall> late;
      lock.lock();
      try {
        long now = System.nanoTime();
        late = waiting.remove(call -> call.isAbandoned(now));
        if (late.isEmpty()) {
          long wait = waiting.untilReady(now);
          if (closed || wait <= 0) {
            return waiting.isEmpty() ? List.of() : taken(now);
          }
          await(wait);
        }
      } finally {
        lock.unlock();
      }
      late.forEach(PendingCall::expire);
    }
  }

  private List<Slice> taken(long now) {
    List<Slice> batch = waiting.take(now, closed);
    if (!waiting.isEmpty()) {
      // Another thread may take the remainder in the meantime.
      changed.signal();
    }
    return batch;
  }

  private void await(long nanoseconds) {
    try {
      if (nanoseconds == Long.MAX_VALUE) {
        changed.await();
      } else {
        changed.awaitNanos(nanoseconds);
      }
    } catch (InterruptedException e) {
      // These threads only end by close, which runs the waiting calls.
      Thread.interrupted();
    }
  }

  private void run(List<Slice> batch) {
    if (batch.isEmpty()) {
      return;
    }
    long began = System.nanoTime();
    try {
      if (batch.size() == 1 || !runJoined(batch)) {
        batch.forEach(this::runAlone);
      }
    } catch (Throwable failure) {
      Background.report("A batch", failure);
      batch.forEach(slice -> slice.call().fail(failure));
    } finally {
      charge(batch, System.nanoTime() - began);
    }
  }

  /** Returns the number of waiting calls. */
  int length() {
    lock.lock();
    try {
      return waiting.length();
    } finally {
      lock.unlock();
    }
  }

  private void charge(List<Slice> batch, long time) {
    runs.ran(batch.stream().mapToInt(Slice::rows).sum(), time);
    lock.lock();
    try {
      waiting.charge(batch, time);
    } finally {
      lock.unlock();
    }
  }

  private void runAlone(Slice slice) {
    PendingCall call = slice.call();
    if (call.isAbandoned(System.nanoTime())) {
      call.expire();
      return;
    }
    try {
      String signature = call.key().signature();
      Map<String, TensorValue> outputs = model.call(signature, slice.inputs());
      if (slice.whole()) {
        call.complete(outputs);
      } else if (splits(outputs, slice.rows())) {
        accept(slice, outputs);
      } else {
        // Not a batch, then: the model itself decides on the whole.
        call.complete(model.call(signature, call.call().inputs()));
      }
    } catch (Throwable failure) {
      call.fail(failure);
    }
  }

  private void accept(Slice slice, Map<String, TensorValue> outputs) {
    PendingCall call = slice.call();
    if (call.add(slice, outputs)) {
      call.complete();
      return;
    }
    boolean isAbandoned;
    lock.lock();
    try {
      isAbandoned = call.isAbandoned(System.nanoTime());
      if (!isAbandoned) {
        waiting.requeue(call);
      }
    } finally {
      lock.unlock();
    }
    if (isAbandoned) {
      call.expire();
    }
  }

  private boolean runJoined(List<Slice> batch) {
    int rows = batch.stream().mapToInt(Slice::rows).sum();
    Map<String, TensorValue> outputs;
    try {
      outputs = model.call(batch.get(0).call().key().signature(), joined(batch));
    } catch (Throwable failure) {
      // Each call gets its own error when it is run alone.
      return false;
    }
    // A free first dimension need not be a batch; otherwise calls cannot be batched.
    if (!splits(outputs, rows)) {
      return false;
    }
    int from = 0;
    for (Slice slice : batch) {
      int begin = from;
      int end = from + slice.rows();
      Map<String, TensorValue> own = new LinkedHashMap<>();
      outputs.forEach((name, value) -> own.put(name, value.rows(begin, end)));
      accept(slice, own);
      from = end;
    }
    return true;
  }

  private static boolean splits(Map<String, TensorValue> outputs, int rows) {
    return outputs.values().stream()
        .allMatch(value -> value.shape().numDimensions() > 0 && value.rows() == rows);
  }

  private static Map<String, TensorValue> joined(List<Slice> batch) {
    List<Map<String, TensorValue>> parts = batch.stream().map(Slice::inputs).toList();
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    for (String name : parts.get(0).keySet()) {
      inputs.put(
          name, TensorValue.concatenate(parts.stream().map(part -> part.get(name)).toList()));
    }
    return inputs;
  }
}
