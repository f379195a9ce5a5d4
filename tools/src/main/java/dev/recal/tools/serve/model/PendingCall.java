package dev.recal.tools.serve.model;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A waiting call.
 *
 * @param inputs by name, checked
 * @param rows the number of its rows
 * @param arrived in nanoseconds of {@link System#nanoTime}
 * @param deadline also in nanoseconds; after it nobody waits for the response
 * @param answer the outputs by name
 */
record PendingCall(
    Map<String, TensorValue> inputs,
    int rows,
    long arrived,
    long deadline,
    CompletableFuture<Map<String, TensorValue>> answer) {

  boolean expired(long now) {
    return now - deadline > 0;
  }

  void expire() {
    answer.completeExceptionally(
        new ServingException(
            ServingStatus.DEADLINE_EXCEEDED, "The request waited too long for its turn."));
  }
}
