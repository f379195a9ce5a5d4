package dev.recal.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Uniform;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

class RunMemoryTest {

  private static final int SIZE = 512;
  private static final long MAP = 4L * SIZE * SIZE;

  @Test
  void outputsCountAndVariablesDoNot() {
    assertThat(peak((tf, x) -> tf.math.exp(x))).isEqualTo(MAP);
  }

  @Test
  void inPlaceChainUsesOneBuffer() {
    assertThat(peak((tf, x) -> tf.math.atan(tf.math.tanh(tf.math.exp(x))))).isEqualTo(MAP);
  }

  @Test
  void bufferIsFreedAfterItsLastReader() {
    // exp is kept for the sum; the product needs its input beside its output, then frees it.
    assertThat(
            peak(
                (tf, x) -> {
                  Operand<TFloat32> first = tf.math.exp(x);
                  Operand<TFloat32> second = tf.linalg.matMul(first, first);
                  Operand<TFloat32> third = tf.linalg.matMul(second, second);
                  return tf.math.add(first, tf.linalg.matMul(third, third));
                }))
        .isBetween(3 * MAP, 3 * MAP + MAP / 2);
    assertThat(
            peak(
                (tf, x) -> {
                  Operand<TFloat32> second = tf.linalg.matMul(x, x);
                  Operand<TFloat32> third = tf.linalg.matMul(second, second);
                  return tf.linalg.matMul(third, third);
                }))
        .isBetween(2 * MAP, 2 * MAP + MAP / 2);
  }

  private static long peak(BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> function) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Operand<TFloat32> x =
          store
              .create(
                  "x",
                  VariableSpec.statistic("x", Shape.of(SIZE, SIZE), new Uniform(-0.001f, 0.001f)))
              .read();
      Operand<TFloat32> y = function.apply(Ops.create(graph), x);
      RunOptions traced =
          RunOptions.newBuilder()
              .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
              .setOutputPartitionGraphs(true)
              .build();
      try (Session session = new Session(graph)) {
        store.initialize(session);
        try (Result result = session.runner().fetch(y).setOptions(traced).runAndFetchMetadata()) {
          return RunMemory.peak(result.getMetadata().orElseThrow());
        }
      }
    }
  }
}
