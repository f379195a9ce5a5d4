package dev.recal.tools.serve.model;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Batches calls of one signature and row shape, and returns to each caller its own rows.
 *
 * <p>While a batch runs others accumulate, so that batches grow with the load even without a delay.
 * A batch that the model rejects is repeated call by call, so that only the caller with the bad row
 * gets the error.
 */
final class BatchQueue implements AutoCloseable {

  /** The model: inputs to outputs. */
  interface Model {
    Map<String, TensorValue> call(String signature, Map<String, TensorValue> inputs);
  }

  private record Batch(String signature, List<PendingCall> calls) {}

  private final Model model;
  private final BatchSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<BatchKey, Deque<PendingCall>> waiting = new LinkedHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private int count;
  private boolean closed;

  BatchQueue(Model model, BatchSettings settings) {
    this.model = model;
    this.settings = settings;
    for (int i = 0; i < settings.threads(); i++) {
      Thread thread = new Thread(this::work, "batch-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /**
   * Enqueues a call.
   *
   * @param inputs checked against the signature
   * @param deadline in nanoseconds of {@link System#nanoTime}
   * @return the outputs; an {@link IllegalArgumentException} if the model rejects the inputs
   * @throws ServingException if too many calls wait or the queue is closed
   */
  CompletableFuture<Map<String, TensorValue>> submit(
      SignatureDescription signature, Map<String, TensorValue> inputs, long deadline) {
    BatchKey key = BatchKey.of(signature, inputs);
    CompletableFuture<Map<String, TensorValue>> answer = new CompletableFuture<>();
    PendingCall call =
        new PendingCall(inputs, key.rows(inputs), System.nanoTime(), deadline, answer);
    lock.lock();
    try {
      if (closed) {
        throw new ServingException(ServingStatus.UNAVAILABLE, "The model is being unloaded.");
      }
      if (count >= settings.waiting()) {
        throw new ServingException(
            ServingStatus.UNAVAILABLE,
            "The batch scheduling queue to which this task was submitted is full");
      }
      waiting.computeIfAbsent(key, k -> new ArrayDeque<>()).add(call);
      count++;
      changed.signal();
    } finally {
      lock.unlock();
    }
    return answer;
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
    for (Batch batch = take(); batch != null; batch = take()) {
      run(batch);
    }
  }

  // Null if there is nothing left to do.
  private Batch take() {
    lock.lock();
    try {
      while (true) {
        long now = System.nanoTime();
        BatchKey oldest = null;
        long wait = Long.MAX_VALUE;
        long since = 0;
        for (Map.Entry<BatchKey, Deque<PendingCall>> entry : waiting.entrySet()) {
          long age = now - entry.getValue().peek().arrived();
          long left = full(entry.getValue()) ? 0 : settings.delay().toNanos() - age;
          if (left <= 0 && (oldest == null || age > since)) {
            oldest = entry.getKey();
            since = age;
          }
          wait = Math.min(wait, left);
        }
        if (oldest != null || closed && !waiting.isEmpty()) {
          return remove(oldest != null ? oldest : waiting.keySet().iterator().next());
        }
        if (closed) {
          return null;
        }
        await(wait);
      }
    } finally {
      lock.unlock();
    }
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

  private boolean full(Deque<PendingCall> calls) {
    int rows = 0;
    for (PendingCall call : calls) {
      rows += call.rows();
      if (rows >= settings.rows()) {
        return true;
      }
    }
    return false;
  }

  private Batch remove(BatchKey key) {
    Deque<PendingCall> calls = waiting.get(key);
    List<PendingCall> taken = new ArrayList<>();
    int rows = 0;
    while (!calls.isEmpty() && (taken.isEmpty() || rows + calls.peek().rows() <= settings.rows())) {
      PendingCall call = calls.remove();
      rows += call.rows();
      taken.add(call);
    }
    count -= taken.size();
    if (calls.isEmpty()) {
      waiting.remove(key);
    } else {
      // Another thread may take the rest in the meantime.
      changed.signal();
    }
    return new Batch(key.signature(), taken);
  }

  private void run(Batch batch) {
    long now = System.nanoTime();
    List<PendingCall> calls = new ArrayList<>();
    for (PendingCall call : batch.calls()) {
      if (call.expired(now)) {
        call.expire();
      } else {
        calls.add(call);
      }
    }
    if (calls.size() > 1 && runJoined(batch.signature(), calls)) {
      return;
    }
    for (PendingCall call : calls) {
      try {
        call.answer().complete(model.call(batch.signature(), call.inputs()));
      } catch (RuntimeException | OutOfMemoryError e) {
        call.answer().completeExceptionally(e);
      }
    }
  }

  private boolean runJoined(String signature, List<PendingCall> calls) {
    Map<String, TensorValue> outputs;
    try {
      outputs = model.call(signature, joined(calls));
    } catch (RuntimeException | OutOfMemoryError e) {
      return false;
    }
    int rows = calls.stream().mapToInt(PendingCall::rows).sum();
    // A free first dimension need not be a batch; otherwise calls cannot be batched.
    boolean splits =
        outputs.values().stream()
            .allMatch(value -> value.shape().numDimensions() > 0 && value.rows() == rows);
    if (!splits) {
      return false;
    }
    int from = 0;
    for (PendingCall call : calls) {
      int begin = from;
      int end = from + call.rows();
      Map<String, TensorValue> own = new LinkedHashMap<>();
      outputs.forEach((name, value) -> own.put(name, value.rows(begin, end)));
      call.answer().complete(own);
      from = end;
    }
    return true;
  }

  private static Map<String, TensorValue> joined(List<PendingCall> calls) {
    Map<String, TensorValue> inputs = new LinkedHashMap<>();
    for (String name : calls.get(0).inputs().keySet()) {
      inputs.put(
          name,
          TensorValue.concatenate(calls.stream().map(call -> call.inputs().get(name)).toList()));
    }
    return inputs;
  }
}
