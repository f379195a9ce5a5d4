package dev.recal.savedmodels.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.activation.Activation;
import dev.recal.ops.conv.Conv2d;
import dev.recal.ops.conv.Dense;
import dev.recal.ops.conv.DepthwiseConv2d;
import dev.recal.ops.norm.AttentiveNorm;
import dev.recal.ops.norm.BatchNorm;
import dev.recal.ops.pool.GlobalAveragePool;
import dev.recal.ops.pool.MaxPool;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.savedmodels.ServableCall;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

class OptimisedServableTest {

  private static final int SIZE = 13;
  private static final String KEY = "serving_default";

  /** The results of both forms. */
  private record Outcome(
      Map<String, TensorValue> plain,
      Map<String, TensorValue> optimised,
      List<NodeDef> nodes,
      OptimisedCounts counts) {

    long count(String operation) {
      return nodes.stream().filter(node -> node.getOp().equals(operation)).count();
    }

    long narrow(String operation) {
      return nodes.stream()
          .filter(node -> node.getOp().equals(operation))
          .filter(node -> node.getAttrOrThrow("T").getType() == DataType.DT_BFLOAT16)
          .count();
    }

    double error() {
      double distance = 0;
      double norm = 0;
      for (String name : plain.keySet()) {
        float[] a = plain.get(name).floats();
        float[] b = optimised.get(name).floats();
        assertThat(optimised.get(name).shape()).isEqualTo(plain.get(name).shape());
        for (int i = 0; i < a.length; i++) {
          distance += (a[i] - b[i]) * (double) (a[i] - b[i]);
          norm += a[i] * (double) a[i];
        }
      }
      return Math.sqrt(distance / norm);
    }
  }

  private static Outcome optimise(
      Optimisation kind, BiFunction<BuildContext, Operand<TFloat32>, Operand<TFloat32>> network) {
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 3);
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> images =
          tf.withName("images")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIZE, SIZE, 3)));
      BuildContext context = BuildContext.of(store, Tower.serving());
      Map<String, Operand<?>> outputs = new LinkedHashMap<>();
      outputs.put("y", network.apply(context, images));
      outputs.putAll(context.published());
      Servable plain =
          new Servable(
              store,
              List.of(new ServableSignature(KEY, Map.of("images", images), outputs)),
              List.of());
      try (Session session = new Session(graph)) {
        store.initialize(session);
        store.assign(session, stirred(store));
        Map<String, TensorValue> inputs = Map.of("images", pixels());
        Map<String, TensorValue> expected = ServableCall.run(plain, session, KEY, inputs);
        try (OptimisedServable optimised = OptimisedServable.of(plain, session, kind)) {
          return new Outcome(
              expected,
              ServableCall.run(optimised.servable(), optimised.session(), KEY, inputs),
              optimised.servable().store().graph().toGraphDef().getNodeList(),
              optimised.counts());
        }
      }
    }
  }

  // Identity norms would hide folding errors.
  private static Map<String, float[]> stirred(VariableStore store) {
    Random random = new Random(5);
    Map<String, float[]> values = new HashMap<>();
    for (Variable<?> variable : store.all()) {
      float[] array = new float[(int) variable.size()];
      boolean positive =
          variable.name().endsWith("gamma") || variable.name().endsWith("moving_variance");
      for (int i = 0; i < array.length; i++) {
        array[i] = positive ? 0.5f + random.nextFloat() : (float) random.nextGaussian() * 0.3f;
      }
      values.put(variable.name(), array);
    }
    return values;
  }

  private static TensorValue pixels() {
    Random random = new Random(9);
    float[] pixels = new float[3 * SIZE * SIZE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return TensorValue.of(pixels, 3, SIZE, SIZE, 3);
  }

  private static Operand<TFloat32> unit(
      BuildContext context, String name, Layer convolution, Operand<TFloat32> x) {
    BuildContext scope = context.at(name);
    Operand<TFloat32> y = convolution.build(scope.at("conv"), x);
    Operand<TFloat32> z = BatchNorm.defaults().build(scope.at("bn"), y);
    return Activation.RELU.apply(context.tf(), z);
  }

  private static Operand<TFloat32> head(BuildContext context, Operand<TFloat32> x) {
    Operand<TFloat32> mean = GlobalAveragePool.mean(context.tf(), x);
    return Dense.of(5).build(context.at("head"), mean);
  }

  // Every kind of convolution that a norm can be folded into.
  private static Operand<TFloat32> convolutions(BuildContext context, Operand<TFloat32> images) {
    Operand<TFloat32> x = unit(context, "strided", Conv2d.of(16, 3).stride(2), images);
    x = new MaxPool(3, 2, 1).build(context.at("pool"), x);
    x = unit(context, "biased", Conv2d.of(16, 3).biased(), x);
    x = unit(context, "depthwise", DepthwiseConv2d.of(3, 1), x);
    x = unit(context, "dilated", Conv2d.of(16, 3).dilation(2), x);
    x = unit(context, "grouped", Conv2d.of(16, 3).groups(4), x);
    return head(context, unit(context, "pointwise", Conv2d.of(24, 1), x));
  }

  @Test
  void foldsNormsIntoEveryConvolution() {
    Outcome outcome = optimise(Optimisation.FLOAT32, OptimisedServableTest::convolutions);
    assertThat(outcome.error()).isLessThan(1e-5);
    assertThat(outcome.counts()).isEqualTo(new OptimisedCounts(6, 6, 9, 0));
    assertThat(outcome.count("FusedBatchNormV3")).isZero();
    assertThat(outcome.count("VarHandleOp")).isZero();
  }

  @Test
  void computesMapsInBfloat16AndVectorsInFloat32() {
    Outcome outcome = optimise(Optimisation.BFLOAT16, OptimisedServableTest::convolutions);
    assertThat(outcome.error()).isBetween(1e-5, 0.03);
    assertThat(outcome.counts()).isEqualTo(new OptimisedCounts(6, 6, 9, 9));
    assertThat(outcome.narrow("Conv2D")).isEqualTo(5);
    assertThat(outcome.narrow("DepthwiseConv2dNative")).isEqualTo(1);
    assertThat(outcome.narrow("Relu")).isEqualTo(6);
    assertThat(outcome.narrow("MatMul")).isZero();
    assertThat(outcome.optimised().get("y").floats()).hasSize(15);
    // The images', the border's of the pooling, and the one in the mean over the last map's pixels.
    assertThat(outcome.count("Cast")).isEqualTo(3);
  }

  @Test
  void keepsNormsWithOtherConsumers() {
    BiFunction<BuildContext, Operand<TFloat32>, Operand<TFloat32>> network =
        (context, images) -> {
          Operand<TFloat32> y = Conv2d.of(16, 3).build(context.at("conv"), images);
          Operand<TFloat32> z = BatchNorm.defaults().build(context.at("bn"), y);
          return head(context, context.tf().math.add(y, z));
        };
    for (Optimisation kind : Optimisation.values()) {
      if (kind == Optimisation.FLOAT32) {
        assertThatThrownBy(() -> optimise(kind, network))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("there is nothing to optimise");
      } else {
        Outcome outcome = optimise(kind, network);
        assertThat(outcome.error()).isBetween(1e-5, 0.03);
        assertThat(outcome.counts()).isEqualTo(new OptimisedCounts(1, 0, 1, 1));
        assertThat(outcome.narrow("FusedBatchNormV3")).isEqualTo(1);
      }
    }
  }

  @Test
  void computesStyleStatisticsWithoutWritingMaps() {
    BiFunction<BuildContext, Operand<TFloat32>, Operand<TFloat32>> network =
        (context, images) -> {
          Operand<TFloat32> x = unit(context, "first", Conv2d.of(16, 3), images);
          return head(context, StyleRecalibration.defaults().build(context.at("srm"), x));
        };
    Outcome wide = optimise(Optimisation.FLOAT32, network);
    assertThat(wide.error()).isLessThan(1e-5);
    Outcome narrow = optimise(Optimisation.BFLOAT16, network);
    assertThat(narrow.error()).isBetween(1e-6, 0.02);
    for (Outcome outcome : List.of(wide, narrow)) {
      assertThat(outcome.count("EuclideanNorm")).isEqualTo(1);
      // Of the rows' roots and of the mean, not of the map.
      assertThat(outcome.count("Square")).isEqualTo(2);
      assertThat(outcome.optimised().keySet()).isEqualTo(outcome.plain().keySet());
    }
  }

  @Test
  void computesAttentionInFloat32() {
    BiFunction<BuildContext, Operand<TFloat32>, Operand<TFloat32>> network =
        (context, images) -> {
          Operand<TFloat32> x = unit(context, "first", Conv2d.of(16, 3), images);
          Operand<TFloat32> y = Conv2d.of(16, 3).build(context.at("conv"), x);
          Operand<TFloat32> z = AttentiveNorm.defaults().build(context.at("bn"), y);
          return head(context, Activation.RELU.apply(context.tf(), z));
        };
    Outcome wide = optimise(Optimisation.FLOAT32, network);
    assertThat(wide.error()).isLessThan(1e-5);
    Outcome narrow = optimise(Optimisation.BFLOAT16, network);
    assertThat(narrow.error()).isBetween(1e-5, 0.03);
    assertThat(narrow.counts().narrowConvolutions()).isEqualTo(2);
    assertThat(narrow.narrow("MatMul")).isZero();
    // One product and one sum of maps: the norm's part is in the scales of each sample.
    assertThat(narrow.narrow("Mul")).isEqualTo(1);
  }

  @Test
  void computesReluOfSumsBySign() {
    Outcome outcome =
        optimise(
            Optimisation.BFLOAT16,
            (context, images) -> {
              Operand<TFloat32> x = unit(context, "first", Conv2d.of(16, 3), images);
              Operand<TFloat32> y = unit(context, "second", Conv2d.of(16, 3), images);
              Operand<TFloat32> difference = context.tf().math.add(context.tf().math.neg(x), y);
              return context.tf().nn.relu(difference);
            });
    assertThat(outcome.count("Bitcast")).isEqualTo(2);
    assertThat(outcome.error()).isBetween(1e-5, 0.03);
    assertThat(outcome.optimised().get("y").floats()).contains(0f).doesNotContain(-1f);
    for (float value : outcome.optimised().get("y").floats()) {
      assertThat(value).isNotNegative();
    }
  }

  @Test
  void writesSumsOfConvolutionsAndPaddingInTheFormThatIsFused() {
    for (Optimisation kind : Optimisation.values()) {
      Outcome outcome =
          optimise(
              kind,
              (context, images) -> {
                Ops tf = context.tf();
                // Of an even number of rows, so that TensorFlow's own padding would differ.
                Operand<TFloat32> even =
                    tf.slice(
                        images,
                        tf.constant(new int[] {0, 0, 0, 0}),
                        tf.constant(new int[] {-1, SIZE - 1, SIZE - 1, -1}));
                Operand<TFloat32> x = unit(context, "stem", Conv2d.of(16, 3).stride(2), even);
                Operand<TFloat32> branch = normed(context, "branch", Conv2d.of(24, 3), x);
                Operand<TFloat32> shortcut = normed(context, "shortcut", Conv2d.of(24, 1), x);
                return head(context, tf.nn.relu(tf.math.add(branch, shortcut)));
              });
      assertThat(outcome.count("AddN")).isEqualTo(1);
      assertThat(outcome.count("Add") + outcome.count("PadV2")).isZero();
      assertThat(outcome.count("Pad")).isEqualTo(1);
      // The images are converted before they are padded.
      assertThat(outcome.narrow("Pad")).isEqualTo(kind == Optimisation.BFLOAT16 ? 1 : 0);
      assertThat(outcome.error()).isLessThan(kind == Optimisation.BFLOAT16 ? 0.03 : 1e-5);
    }
  }

  @Test
  void foldsFactorsOfImagesIntoTheFirstKernel() {
    for (Optimisation kind : Optimisation.values()) {
      for (Layer first : List.of(Conv2d.of(16, 3).stride(2), DepthwiseConv2d.of(3, 1))) {
        Outcome outcome =
            optimise(
                kind,
                (context, images) -> {
                  Ops tf = context.tf();
                  Operand<TFloat32> x = tf.math.sub(images, tf.array(0.5f, 0.4f, 0.3f));
                  Operand<TFloat32> scaled = tf.math.mul(tf.array(4f, 5f, 0.25f), x);
                  return head(context, unit(context, "first", first, scaled));
                });
        assertThat(outcome.count("Sub")).isEqualTo(1);
        assertThat(outcome.count("Mul")).isZero();
        assertThat(outcome.error()).isLessThan(kind == Optimisation.BFLOAT16 ? 0.03 : 1e-5);
      }
    }
  }

  @Test
  void keepsFactorsOfMapsWithOtherUses() {
    Outcome outcome =
        optimise(
            Optimisation.FLOAT32,
            (context, images) -> {
              Ops tf = context.tf();
              Operand<TFloat32> scaled = tf.math.mul(tf.array(4f, 5f, 0.25f), images);
              Operand<TFloat32> x = unit(context, "first", Conv2d.of(3, 3), scaled);
              return head(context, tf.math.mul(x, scaled));
            });
    assertThat(outcome.count("Mul")).isEqualTo(2);
    assertThat(outcome.error()).isLessThan(1e-5);
  }

  private static Operand<TFloat32> normed(
      BuildContext context, String name, Layer convolution, Operand<TFloat32> x) {
    BuildContext scope = context.at(name);
    return BatchNorm.defaults().build(scope.at("bn"), convolution.build(scope.at("conv"), x));
  }

  @Test
  void sharesOneConstantAmongTowers() {
    Outcome outcome =
        optimise(
            Optimisation.BFLOAT16,
            (context, images) -> {
              Operand<TFloat32> first = convolutions(context, images);
              BuildContext second =
                  BuildContext.of(context.store(), Tower.serving().named("second"));
              return context.tf().math.add(first, convolutions(second, images));
            });
    List<String> kernels = new ArrayList<>();
    outcome.nodes().stream()
        .filter(node -> node.getOp().equals("Const") && node.getName().contains("kernel"))
        .forEach(node -> kernels.add(node.getName()));
    assertThat(kernels)
        .containsExactlyInAnyOrder(
            "strided/conv/kernel",
            "biased/conv/kernel",
            "depthwise/conv/kernel",
            "dilated/conv/kernel",
            "grouped/conv/kernel",
            "pointwise/conv/kernel",
            "head/kernel");
  }
}
