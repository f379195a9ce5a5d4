package dev.recal.tools.serve.model;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A call that waits for its run.
 *
 * @param inputs by name, checked
 * @param rows how many rows of a batch it takes
 * @param arrived in nanoseconds of {@link System#nanoTime}
 * @param deadline the same; later nobody waits for the answer
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
