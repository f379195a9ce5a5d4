package dev.recal.ops.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class CompositeGradientTest {

  private static float[] run(Graph graph, Operand<TFloat32> operand) {
    try (Session session = new Session(graph);
        var result = session.runner().fetch(operand).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  // A square whose gradient is factor · x, which identifies it.
  private static Operand<TFloat32> square(Ops tf, Operand<TFloat32> x, float factor) {
    return CompositeGradient.define(
        tf,
        tf.math.square(x),
        List.of(x),
        List.of(),
        (ops, call) ->
            List.of(
                ops.math.mul(
                    call.outputGradient(), ops.math.mul(ops.constant(factor), call.input(0)))));
  }

  @Test
  void usesCustomGradientOfComposite() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(new float[] {1, 2, 3});
      Operand<TFloat32> y = tf.math.mul(square(tf, x, 10), tf.constant(2f));
      assertThat(run(graph, y)).containsExactly(2, 8, 18);
      assertThat(run(graph, Gradients.of(y, List.of(x)).get(0))).containsExactly(20, 40, 60);
    }
  }

  @Test
  void givesEveryInputItsGradientAndReusesSavedValues() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> a = tf.constant(new float[] {1, 2});
      Operand<TFloat32> b = tf.constant(new float[] {5, 7});
      Operand<TFloat32> sum = tf.math.add(a, b);
      Operand<TFloat32> y =
          CompositeGradient.define(
              tf,
              tf.math.mul(a, b),
              List.of(a, b),
              List.of(sum),
              (ops, call) ->
                  List.of(
                      ops.math.mul(call.outputGradient(), call.saved(0)),
                      ops.math.neg(call.input(1))));
      List<Operand<TFloat32>> gradients = Gradients.of(y, List.of(a, b));
      assertThat(run(graph, y)).containsExactly(5, 14);
      assertThat(run(graph, gradients.get(0))).containsExactly(6, 9);
      assertThat(run(graph, gradients.get(1))).containsExactly(-5, -7);
    }
  }

  // (a, b) → (a·b, a + b), with gradients that identify their output.
  private static List<Operand<TFloat32>> productAndSum(
      Ops tf, Operand<TFloat32> a, Operand<TFloat32> b) {
    return CompositeGradient.defineAll(
        tf,
        List.of(tf.math.mul(a, b), tf.math.add(a, b)),
        List.of(a, b),
        List.of(),
        (ops, call) ->
            List.of(
                ops.math.add(
                    ops.math.mul(call.outputGradient(0), call.input(1)), call.outputGradient(1)),
                ops.math.mul(call.outputGradient(1), ops.constant(100f))));
  }

  @Test
  void seesTheGradientAtEachOfSeveralOutputs() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> a = tf.constant(new float[] {1, 2});
      Operand<TFloat32> b = tf.constant(new float[] {5, 7});
      List<Operand<TFloat32>> outputs = productAndSum(tf, a, b);
      assertThat(run(graph, outputs.get(0))).containsExactly(5, 14);
      assertThat(run(graph, outputs.get(1))).containsExactly(6, 9);
      Operand<TFloat32> y =
          tf.math.add(
              tf.math.mul(outputs.get(0), tf.constant(2f)),
              tf.math.mul(outputs.get(1), tf.constant(3f)));
      List<Operand<TFloat32>> gradients = Gradients.of(y, List.of(a, b));
      assertThat(run(graph, gradients.get(0))).containsExactly(2 * 5 + 3, 2 * 7 + 3);
      assertThat(run(graph, gradients.get(1))).containsExactly(300, 300);
    }
  }

  @Test
  void seesZerosAtAnOutputThatIsNotUsed() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> a = tf.constant(new float[] {1, 2});
      Operand<TFloat32> b = tf.constant(new float[] {5, 7});
      Operand<TFloat32> sum = productAndSum(tf, a, b).get(1);
      List<Operand<TFloat32>> ofSum = Gradients.of(sum, List.of(a, b));
      assertThat(run(graph, ofSum.get(0))).containsExactly(1, 1);
      Operand<TFloat32> product = productAndSum(tf, a, b).get(0);
      List<Operand<TFloat32>> ofProduct = Gradients.of(product, List.of(a, b));
      assertThat(run(graph, ofProduct.get(0))).containsExactly(5, 7);
      assertThat(run(graph, ofProduct.get(1))).containsExactly(0, 0);
      assertThatThrownBy(
              () ->
                  CompositeGradient.defineAll(
                      tf, List.of(), List.of(a), List.of(), (o, c) -> List.of(a)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("forward");
    }
  }

  @Test
  void nestsAndRepeatsBeyondTheTenSlotsOfAVirtualMachine() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(2f);
      Operand<TFloat32> nested = square(tf, square(tf, x, 3), 5);
      assertThat(run(graph, nested)).containsExactly(16);
      assertThat(run(graph, Gradients.of(nested, List.of(x)).get(0)))
          .containsExactly(5 * 4 * 3 * 2);
      List<Operand<TFloat32>> many = new ArrayList<>();
      for (int i = 1; i <= 15; i++) {
        many.add(square(tf, x, i));
      }
      Operand<TFloat32> sum = tf.math.addN(many);
      assertThat(run(graph, Gradients.of(sum, List.of(x)).get(0))).containsExactly(2 * 120);
    }
  }

  @Test
  void differentiatesOneCompositeInsideAnother() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3f);
      Operand<TFloat32> inner = square(tf, x, 7);
      Operand<TFloat32> outer =
          CompositeGradient.define(
              tf,
              tf.math.neg(inner),
              List.of(inner),
              List.of(inner),
              (ops, call) -> List.of(ops.math.mul(call.outputGradient(), call.saved(0))));
      assertThat(run(graph, Gradients.of(outer, List.of(x)).get(0))).containsExactly(9 * 21);
    }
  }

  @Test
  void rethrowsBackwardFailuresAndStaysUsable() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(1f);
      Operand<TFloat32> broken =
          CompositeGradient.define(
              tf,
              tf.math.square(x),
              List.of(x),
              List.of(),
              (ops, call) -> {
                throw new UnsupportedOperationException("not today");
              });
      assertThatThrownBy(() -> Gradients.of(broken, List.of(x)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not today")
          .hasCauseInstanceOf(UnsupportedOperationException.class);
      Operand<TFloat32> y = square(tf, x, 4);
      assertThat(run(graph, Gradients.of(y, List.of(x)).get(0))).containsExactly(4);
    }
  }

  @Test
  void rejectsWrongNumberOfGradients() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(1f);
      Operand<TFloat32> y =
          CompositeGradient.define(
              tf, tf.math.square(x), List.of(x), List.of(), (ops, call) -> List.of());
      assertThatThrownBy(() -> Gradients.of(y, List.of(x)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("0 gradients for 1 inputs");
      assertThatThrownBy(
              () -> CompositeGradient.define(tf, y, List.of(), List.of(), (o, c) -> List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least one input");
    }
  }

  @Test
  void keepsOtherIdentities() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(3f);
      var identity = tf.identityN(List.of(x, tf.math.square(x)));
      @SuppressWarnings("unchecked")
      Operand<TFloat32> second = (Operand<TFloat32>) identity.output().get(1);
      // The composite ensures that a gradient is registered.
      Operand<TFloat32> y = square(tf, second, 2);
      assertThat(run(graph, Gradients.of(y, List.of(x)).get(0))).containsExactly(2 * 9 * 6);
    }
  }
}
