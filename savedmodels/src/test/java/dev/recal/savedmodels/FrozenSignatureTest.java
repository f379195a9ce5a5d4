package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.GraphScope;
import dev.recal.ops.gradient.Gradients;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class FrozenSignatureTest {

  private static final String KEY = "serving_default";

  @TempDir static Path directory;
  private static Path model;

  @BeforeAll
  static void write() throws IOException {
    try (TinyNetwork network = new TinyNetwork()) {
      model =
          SavedModelWriter.plain()
              .write(network.servable, network.session, directory.resolve("model"));
    }
  }

  private static float[] fetch(Session session, Operand<?> operand) {
    try (Result result = session.runner().fetch(operand).run()) {
      float[] values = new float[(int) result.get(0).shape().size()];
      ((TFloat32) result.get(0)).copyTo(DataBuffers.of(values));
      return values;
    }
  }

  @Test
  void matchesTheModelAndPropagatesGradients() throws IOException {
    TensorValue images = TinyNetwork.images(2, 5);
    Map<String, TensorValue> expected;
    try (Predictor predictor = Predictor.open(model)) {
      expected = predictor.call(KEY, Map.of("images", images));
    }
    try (FrozenSignature frozen = FrozenSignature.open(model, KEY);
        Graph graph = new Graph();
        Session session = new Session(graph)) {
      assertThat(frozen.inputs()).containsExactly("images");
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> x = tf.constant(images.shape(), DataBuffers.of(images.floats()));
      Map<String, Output<?>> outputs = frozen.build(tf, Map.of("images", x));
      // A second instantiation next to the first.
      Map<String, Output<?>> again = frozen.build(tf, Map.of("images", x));
      assertThat(outputs.keySet()).isEqualTo(expected.keySet());
      assertThat(fetch(session, outputs.get("logits")))
          .containsExactly(expected.get("logits").floats(), Offset.offset(1e-6f));
      assertThat(fetch(session, again.get("logits")))
          .isEqualTo(fetch(session, outputs.get("logits")));

      Operand<TFloat32> logits = outputs.get("logits").expect(TFloat32.class);
      Operand<TFloat32> gradient = Gradients.of(logits, List.of(x)).get(0);
      Operand<TFloat32> step = tf.math.mul(gradient, tf.constant(1e-2f));
      Operand<TFloat32> moved =
          frozen
              .build(tf, Map.of("images", tf.math.add(x, step)))
              .get("logits")
              .expect(TFloat32.class);
      double rise = sum(fetch(session, moved)) - sum(fetch(session, logits));
      double predicted = 0;
      for (float value : fetch(session, gradient)) {
        predicted += 1e-2 * value * value;
      }
      assertThat(predicted).isPositive();
      assertThat(rise).isCloseTo(predicted, Offset.offset(0.2 * predicted));
    }
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  @Test
  void rejectsOtherSignaturesAndInputs() throws IOException {
    assertThatThrownBy(() -> FrozenSignature.open(model, "absent"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no signature 'absent'; it has [");
    try (FrozenSignature frozen = FrozenSignature.open(model, KEY);
        Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      assertThatThrownBy(() -> frozen.build(tf, Map.of("pictures", tf.constant(1f))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("inputs: expected [images], but got [pictures].");
    }
  }

  /** Files are decoded inside a function, which has no gradient. */
  @Test
  void rejectsFunctions() {
    assertThatThrownBy(() -> FrozenSignature.open(model, "serving_bytes"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be built into another graph: gradients do not flow through");
  }
}
