package dev.recal.ops.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class GradientsTest {

  private static float[] run(Graph graph, Operand<TFloat32> operand) {
    try (Session session = new Session(graph);
        var result = session.runner().fetch(operand).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[(int) tensor.size()];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Test
  void differentiatesAndWeights() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(new float[] {1, 2, 3});
      Operand<TFloat32> w = tf.constant(new float[] {4, 5, 6});
      Operand<TFloat32> y = tf.math.mul(tf.math.square(x), w);
      List<Operand<TFloat32>> plain = Gradients.of(y, List.of(x, w));
      assertThat(run(graph, plain.get(0))).containsExactly(8, 20, 36);
      assertThat(run(graph, plain.get(1))).containsExactly(1, 4, 9);
      Operand<TFloat32> weights = tf.constant(new float[] {0, 1, -1});
      Operand<TFloat32> weighted = Gradients.of(y, List.of(x), Optional.of(weights)).get(0);
      assertThat(run(graph, weighted)).containsExactly(0, 20, -36);
      assertThat(Gradients.of(y, List.of())).isEmpty();
    }
  }

  @Test
  void differentiatesTwiceFromAGivenStart() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(new float[] {2, 3});
      Operand<TFloat32> y = tf.math.mul(tf.math.square(x), x);
      Operand<TFloat32> start = tf.fill(tf.shape(y), tf.constant(1f));
      Operand<TFloat32> first = Gradients.of(y, List.of(x), Optional.of(start)).get(0);
      assertThat(run(graph, Gradients.of(first, List.of(x)).get(0))).containsExactly(12, 18);
    }
  }

  @Test
  void namesUnreachableOutputs() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.withName("used").constant(1f);
      Operand<TFloat32> other = tf.withName("unused").constant(1f);
      Operand<TFloat32> y = tf.withName("loss").math.square(x);
      assertThatThrownBy(() -> Gradients.of(y, List.of(x, other)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("y: 'loss' does not depend on 'unused'.");
    }
  }

  private static void refused(
      BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> function, String... parts) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.zeros(tf.constant(new int[] {1, 8, 8, 2}), TFloat32.class);
      Operand<TFloat32> y = function.apply(tf, x);
      assertThatThrownBy(() -> Gradients.of(y, List.of(x)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll(parts);
    }
  }

  private static Operand<TFloat32> kernel(Ops tf, int out) {
    return tf.zeros(tf.constant(new int[] {3, 3, 2, out}), TFloat32.class);
  }

  private static final List<Long> ONES = List.of(1L, 1L, 1L, 1L);

  @Test
  void rejectsConvolutionsWithWrongGradients() {
    refused(
        (tf, x) ->
            tf.withName("wide")
                .nn
                .conv2d(x, kernel(tf, 4), ONES, "SAME", Conv2d.dilations(1L, 2L, 2L, 1L)),
        "Conv2D at 'wide'",
        "dilations",
        "SpaceToBatchND");
    refused(
        (tf, x) ->
            tf.nn.conv2d(
                x,
                kernel(tf, 4),
                ONES,
                "EXPLICIT",
                Conv2d.explicitPaddings(0L, 0L, 1L, 1L, 1L, 1L, 0L, 0L)),
        "explicit paddings");
    refused(
        (tf, x) ->
            tf.nn.depthwiseConv2dNative(
                x, kernel(tf, 1), ONES, "SAME", DepthwiseConv2dNative.dilations(1L, 2L, 2L, 1L)),
        "DepthwiseConv2dNative",
        "dilations");
  }

  @Test
  void rejectsOtherWrongGradients() {
    refused((tf, x) -> tf.nn.logSoftmax(x), "LogSoftmax", "rank 2");
    refused((tf, x) -> tf.nn.localResponseNormalization(x), "LRN");
    refused(
        (tf, x) -> tf.gather(x, tf.constant(new int[] {0}), tf.constant(-1)),
        "GatherV2",
        "negative axis");
    refused((tf, x) -> tf.gather(x, tf.constant(new int[] {0}), tf.constant(-2L)), "negative axis");
  }

  @Test
  void acceptsSupportedForms() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(new float[][] {{1, 2}, {3, 5}});
      Operand<TFloat32> logs = tf.nn.logSoftmax(x);
      float[] gradient = run(graph, Gradients.of(logs, List.of(x)).get(0));
      double small = 1 / (1 + Math.E);
      assertThat(gradient[0]).isCloseTo((float) (1 - 2 * small), within());
      Operand<TFloat32> column = tf.gather(x, tf.constant(new int[] {1}), tf.constant(1));
      assertThat(run(graph, Gradients.of(column, List.of(x)).get(0))).containsExactly(0, 1, 0, 1);
    }
  }

  private static Offset<Float> within() {
    return Offset.offset(1e-6f);
  }

  @Test
  void namesOperationsWithoutAGradient() {
    refused(
        (tf, x) -> {
          Operand<TFloat32> rows = tf.reshape(x, tf.constant(new int[] {-1, 2}));
          Operand<TInt64> labels = tf.zeros(tf.constant(new int[] {64}), TInt64.class);
          return tf.withName("entropy").nn.sparseSoftmaxCrossEntropyWithLogits(rows, labels).loss();
        },
        "no gradient for the op SparseSoftmaxCrossEntropyWithLogits",
        "entropy");
    refused(
        (tf, x) -> tf.withName("best").nn.topK(x, tf.constant(1), new TopK.Options[0]).values(),
        "no gradient for the op TopKV2 (at 'best')");
  }

  @Test
  void namesWhereAPathEnds() {
    refused((tf, x) -> tf.withName("cut").stopGradient(x), "StopGradient at 'cut'");
    refused((tf, x) -> tf.dtypes.cast(tf.math.argMax(x, tf.constant(3)), TFloat32.class), "ArgMax");
  }
}
