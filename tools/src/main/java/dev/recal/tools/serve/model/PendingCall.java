package dev.recal.tools.serve.model;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call that waits for its runs. One run is enough for most; a large call is cut into several, so
 * that others get their turn between them and its deadline can end it. Guarded by the queue's lock,
 * but for the answer.
 */
final class PendingCall {

  private final ModelCall call;
  private final BatchKey key;
  private final long arrivalNanos;
  private final CompletableFuture<Map<String, TensorValue>> answer = new CompletableFuture<>();
  private final AtomicBoolean released = new AtomicBoolean();
  private final Map<String, List<TensorValue>> parts = new LinkedHashMap<>();
  private int done;

  PendingCall(ModelCall call, BatchKey key, long arrivalNanos) {
    this.call = call;
    this.key = key;
    this.arrivalNanos = arrivalNanos;
  }

  /** Some rows of a call, which are run at once. */
  record Slice(PendingCall call, int from, int to) {

    Map<String, TensorValue> inputs() {
      return whole() ? call.call.inputs() : call.cut(from, to);
    }

    int rows() {
      return to - from;
    }

    boolean whole() {
      return rows() == call.rows();
    }

    /** Returns an estimate of its share of a run. */
    long weight() {
      return rows() + call.call.pixels().sum(from, to);
    }
  }

  BatchKey key() {
    return key;
  }

  ModelCall call() {
    return call;
  }

  long arrivalNanos() {
    return arrivalNanos;
  }

  CompletableFuture<Map<String, TensorValue>> answer() {
    return answer;
  }

  /** Returns the number of rows; 1 if they cannot be separated. */
  int rows() {
    return call.pixels().rows();
  }

  /** Returns how many rows were not run yet. */
  int remaining() {
    return rows() - done;
  }

  /** Returns whether some of its rows were run already. */
  boolean started() {
    return done > 0;
  }

  /**
   * Returns the next rows to run.
   *
   * @param rows the maximum
   * @param pixels the maximum in their images
   * @return empty if not even one row fits
   */
  Slice next(int rows, long pixels) {
    return new Slice(this, done, call.pixels().end(done, rows, pixels));
  }

  /** Returns whether no client waits for the response any more. */
  boolean isAbandoned(long now) {
    return answer.isDone() || now - call.deadline() > 0;
  }

  /**
   * Takes the outputs of the next rows.
   *
   * @return whether they were the last
   */
  boolean add(Slice slice, Map<String, TensorValue> outputs) {
    outputs.forEach(
        (name, value) -> parts.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    done = slice.to();
    return done == rows();
  }

  /** Gives the answer from all parts. */
  void complete() {
    Map<String, TensorValue> outputs = new LinkedHashMap<>();
    parts.forEach(
        (name, values) ->
            outputs.put(
                name, values.size() == 1 ? values.get(0) : TensorValue.concatenate(values)));
    complete(outputs);
  }

  /** Gives the answer. */
  void complete(Map<String, TensorValue> outputs) {
    release();
    answer.complete(outputs);
  }

  /** Gives up, for a reason. */
  void fail(Throwable reason) {
    release();
    answer.completeExceptionally(reason);
  }

  /** Gives up because of the deadline. */
  void expire() {
    fail(
        new ServingException(
            ServingStatus.DEADLINE_EXCEEDED, "The request waited too long in the queue."));
  }

  /** Releases the call's resources, once. */
  void release() {
    if (!released.getAndSet(true)) {
      parts.clear();
      Background.guarded("Releasing a request", call.released()).run();
    }
  }

  private Map<String, TensorValue> cut(int from, int to) {
    Map<String, TensorValue> rows = new LinkedHashMap<>();
    call.inputs().forEach((name, value) -> rows.put(name, value.rows(from, to)));
    return rows;
  }
}
