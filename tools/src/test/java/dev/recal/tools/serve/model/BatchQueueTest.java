package dev.recal.tools.serve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.savedmodels.InputPixels;
import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

@Timeout(60)
class BatchQueueTest {

  private static final long LATER = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);

  /** Doubles its input; rejects negative numbers; records the number of rows of each run. */
  private static final class Doubling implements BatchQueue.Model {
    final List<Integer> runs = new CopyOnWriteArrayList<>();
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch gate;

    Doubling(int closed) {
      gate = new CountDownLatch(closed);
    }

    @Override
    public Map<String, TensorValue> call(String signature, Map<String, TensorValue> inputs) {
      entered.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      float[] in = inputs.get("x").floats();
      runs.add(inputs.get("x").rows());
      float[] out = new float[in.length];
      for (int i = 0; i < in.length; i++) {
        if (in[i] < 0) {
          throw new IllegalArgumentException("negative");
        }
        out[i] = 2 * in[i];
      }
      return Map.of("y", TensorValue.of(out, inputs.get("x").shape().asArray()));
    }
  }

  private static SignatureDescription signature(String key, long... shape) {
    TensorDescription tensor = new TensorDescription("t:0", DataType.DT_FLOAT, Shape.of(shape));
    return new SignatureDescription(key, "", Map.of("x", tensor), Map.of("y", tensor));
  }

  private static Map<String, TensorValue> row(float... values) {
    return Map.of("x", TensorValue.of(values, 1, values.length));
  }

  private static CompletableFuture<Map<String, TensorValue>> submit(
      BatchQueue queue,
      SignatureDescription signature,
      Map<String, TensorValue> inputs,
      long deadline) {
    return queue.submit(call("localhost", signature, inputs, deadline, () -> {}));
  }

  private static ModelCall call(
      String client,
      SignatureDescription signature,
      Map<String, TensorValue> inputs,
      long deadline,
      Runnable released) {
    int rows = signature.batched() ? inputs.get("x").rows() : 1;
    InputPixels pixels = InputPixels.of(inputs, rows, 1);
    return new ModelCall(signature, inputs, pixels, client, deadline, released);
  }

  private static BatchSettings settings(int rows, int delayMilliseconds, int waiting) {
    return new BatchSettings(rows, Duration.ofMillis(delayMilliseconds), waiting, 1);
  }

  @Test
  void waitingCallsAreBatchedAndGetTheirOwnRows() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", -1, -1);
    List<CompletableFuture<Map<String, TensorValue>>> answers = new ArrayList<>();
    try (BatchQueue queue = new BatchQueue(model, settings(4, 0, 100))) {
      answers.add(submit(queue, signature, row(0, 0), LATER));
      model.entered.await();
      for (int i = 1; i < 7; i++) {
        answers.add(submit(queue, signature, row(i, 10 * i), LATER));
      }
      // Another width cannot share a run with them.
      CompletableFuture<Map<String, TensorValue>> wide =
          submit(queue, signature, row(1, 2, 3), LATER);
      model.gate.countDown();
      assertThat(wide.get().get("y").floats()).containsExactly(2, 4, 6);
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get().get("y").floats()).containsExactly(2 * i, 20 * i);
    }
    assertThat(model.runs).containsExactly(1, 4, 2, 1);
  }

  @Test
  void delayCollectsCalls() throws Exception {
    Doubling model = new Doubling(0);
    SignatureDescription signature = signature("s", -1, -1);
    try (BatchQueue queue = new BatchQueue(model, settings(3, 5_000, 100))) {
      long began = System.nanoTime();
      List<CompletableFuture<Map<String, TensorValue>>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answers.add(submit(queue, signature, row(i), LATER));
      }
      for (CompletableFuture<Map<String, TensorValue>> answer : answers) {
        answer.get();
      }
      // A full batch does not wait for the delay to end.
      assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }
    assertThat(model.runs).containsExactly(3);
  }

  @Test
  void rejectedCallDoesNotAffectItsBatch() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", -1, -1);
    try (BatchQueue queue = new BatchQueue(model, settings(8, 0, 100))) {
      submit(queue, signature, row(0), LATER);
      model.entered.await();
      CompletableFuture<Map<String, TensorValue>> first = submit(queue, signature, row(1), LATER);
      CompletableFuture<Map<String, TensorValue>> bad = submit(queue, signature, row(-1), LATER);
      CompletableFuture<Map<String, TensorValue>> last = submit(queue, signature, row(3), LATER);
      model.gate.countDown();
      assertThat(first.get().get("y").floats()).containsExactly(2);
      assertThat(last.get().get("y").floats()).containsExactly(6);
      assertThatThrownBy(bad::get)
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("negative");
    }
  }

  @Test
  void callsWithoutAFreeFirstDimensionRunAlone() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", 1, -1);
    try (BatchQueue queue = new BatchQueue(model, settings(8, 0, 100))) {
      List<CompletableFuture<Map<String, TensorValue>>> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        answers.add(submit(queue, signature, row(i), LATER));
      }
      model.gate.countDown();
      for (int i = 0; i < 4; i++) {
        assertThat(answers.get(i).get().get("y").floats()).containsExactly(2 * i);
      }
    }
    assertThat(model.runs).containsExactly(1, 1, 1, 1);
  }

  @Test
  void rejectsExcessCallsAndDropsExpiredOnes() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", -1, -1);
    BatchQueue queue = new BatchQueue(model, settings(8, 0, 2));
    try (queue) {
      submit(queue, signature, row(0), LATER);
      model.entered.await();
      CompletableFuture<Map<String, TensorValue>> old =
          submit(queue, signature, row(1), System.nanoTime());
      CompletableFuture<Map<String, TensorValue>> good = submit(queue, signature, row(2), LATER);
      assertThatThrownBy(() -> submit(queue, signature, row(3), LATER))
          .isInstanceOf(ServingException.class)
          .hasMessageContaining("is full");
      model.gate.countDown();
      assertThat(good.get().get("y").floats()).containsExactly(4);
      assertThatThrownBy(old::get).hasMessageContaining("waited too long");
    }
    assertThatThrownBy(() -> submit(queue, signature, row(3), LATER))
        .hasMessageContaining("being unloaded");
  }

  private static Map<String, TensorValue> rows(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return Map.of("x", TensorValue.of(values, count, 1));
  }

  @Test
  void smallCallWaitsForOneSliceOfALargeOne() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", -1, -1);
    try (BatchQueue queue = new BatchQueue(model, settings(4, 0, 100))) {
      CompletableFuture<Map<String, TensorValue>> large =
          submit(queue, signature, rows(39, 3), LATER);
      model.entered.await();
      CompletableFuture<Map<String, TensorValue>> small =
          submit(queue, signature, rows(1, 5), LATER);
      model.gate.countDown();
      assertThat(small.get().get("y").floats()).containsExactly(10);
      assertThat(large.get().get("y").floats()).hasSize(39).containsOnly(6);
    }
    assertThat(model.runs.get(0)).isEqualTo(4);
    assertThat(model.runs.indexOf(1)).isEqualTo(1);
    assertThat(model.runs.stream().mapToInt(rows -> rows).sum()).isEqualTo(40);
  }

  @Test
  void manyCallsOfOneClientDoNotStarveAnother() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", 1, -1);
    try (BatchQueue queue = new BatchQueue(model, settings(4, 0, 1000))) {
      for (int i = 0; i < 100; i++) {
        queue.submit(call("heavy", signature, row(1), LATER, () -> {}));
      }
      model.entered.await();
      CompletableFuture<Map<String, TensorValue>> light =
          queue.submit(call("light", signature, row(1, 2), LATER, () -> {}));
      AtomicInteger before = new AtomicInteger();
      light.thenRun(() -> before.set(model.runs.size()));
      model.gate.countDown();
      light.get();
      assertThat(before.get()).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void fullQueueMakesRoomForTheLeastServedClient() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", -1, -1);
    try (BatchQueue queue = new BatchQueue(model, settings(8, 0, 3))) {
      submit(queue, signature, row(0), LATER);
      model.entered.await();
      List<CompletableFuture<Map<String, TensorValue>>> heavy = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        heavy.add(queue.submit(call("heavy", signature, row(1), LATER, () -> {})));
      }
      CompletableFuture<Map<String, TensorValue>> light =
          queue.submit(call("light", signature, row(2), LATER, () -> {}));
      assertThatThrownBy(() -> queue.submit(call("heavy", signature, row(1), LATER, () -> {})))
          .hasMessageContaining("is full");
      model.gate.countDown();
      assertThat(light.get().get("y").floats()).containsExactly(4);
      assertThat(heavy.get(0).get().get("y").floats()).containsExactly(2);
      assertThatThrownBy(heavy.get(2)::get).hasMessageContaining("is full");
    }
  }

  @Test
  void abandonedCallsLeaveTheQueue() throws Exception {
    Doubling model = new Doubling(1);
    SignatureDescription signature = signature("s", -1, -1);
    try (BatchQueue queue = new BatchQueue(model, settings(4, 0, 100))) {
      CountDownLatch largeReleased = new CountDownLatch(1);
      CountDownLatch waitingReleased = new CountDownLatch(1);
      CompletableFuture<Map<String, TensorValue>> large =
          queue.submit(call("a", signature, rows(40, 1), LATER, largeReleased::countDown));
      model.entered.await();
      CompletableFuture<Map<String, TensorValue>> waiting =
          queue.submit(call("a", signature, row(7, 7), LATER, waitingReleased::countDown));
      waiting.completeExceptionally(new TimeoutException());
      assertThat(waitingReleased.await(0, TimeUnit.SECONDS)).isTrue();
      large.completeExceptionally(new TimeoutException());
      // It is running, so it is kept until its run ends.
      assertThat(largeReleased.getCount()).isOne();
      model.gate.countDown();
      largeReleased.await();
      assertThat(submit(queue, signature, row(4), LATER).get().get("y").floats())
          .containsExactly(8);
    }
    assertThat(model.runs).containsExactly(4, 1);
  }

  @Test
  void queueSurvivesEveryThrowable() throws Exception {
    SignatureDescription signature = signature("s", -1, -1);
    AtomicInteger calls = new AtomicInteger();
    BatchQueue.Model failing =
        (key, inputs) -> {
          if (calls.incrementAndGet() <= 3) {
            throw new StackOverflowError();
          }
          return Map.of("y", inputs.get("x"));
        };
    try (BatchQueue queue = new BatchQueue(failing, settings(4, 0, 100))) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<Map<String, TensorValue>> answer =
            submit(queue, signature, row(1), LATER);
        assertThatThrownBy(answer::get).hasCauseInstanceOf(StackOverflowError.class);
      }
      assertThat(submit(queue, signature, row(1), LATER).get()).containsKey("y");
    }
  }
}
