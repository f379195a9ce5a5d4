package dev.recal.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.Shapes;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.collective.CollectiveSettings;
import dev.recal.ops.collective.ReplicaGroup;
import dev.recal.ops.collective.SeveralDevices;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.recalibration.ChannelGate;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.skip.SameLayerSlim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Replicas with synchronised batch statistics compute what one with the whole batch does. */
class SynchronisedStatisticsTest {

  private static final int BATCH = 3;
  private static final Shape MAP = Shape.of(6, 6, 8);
  private static final Shape PIXEL = Shape.of(1, 1, 8);
  private static final Shape ROW = Shape.of(8);

  static Stream<Arguments> layers() {
    return Stream.of(
        Arguments.of("bn", 2, MAP, BatchNorm.defaults()),
        Arguments.of("bn of three", 3, MAP, BatchNorm.defaults()),
        Arguments.of("bn of a matrix", 2, ROW, BatchNorm.defaults()),
        Arguments.of("bn of single pixels", 3, PIXEL, BatchNorm.defaults()),
        Arguments.of("bn of unknown size", 2, MAP, (Layer) SynchronisedStatisticsTest::ofAnySize),
        Arguments.of("folded bn", 2, MAP, folded(BatchNorm.defaults(), Optional.empty())),
        Arguments.of("an", 2, MAP, AttentiveNorm.defaults()),
        Arguments.of("folded an", 3, MAP, folded(AttentiveNorm.defaults(), Optional.empty())),
        Arguments.of("sn", 2, MAP, SwitchableNorm.defaults()),
        Arguments.of("bn, srm", 2, MAP, gated(StyleRecalibration.defaults())),
        Arguments.of("folded srm", 2, MAP, folded(StyleRecalibration.defaults())),
        Arguments.of("folded se", 2, MAP, folded(SqueezeExcitation.defaults())),
        Arguments.of("folded eca", 2, MAP, folded(EfficientChannelAttention.defaults())),
        Arguments.of("joint", 2, MAP, joint()),
        Arguments.of("slim", 2, Shape.of(6, 6, 16), SameLayerSlim.defaults()));
  }

  private static Layer gated(Layer gate) {
    return (context, x) ->
        gate.build(context.at("gate"), BatchNorm.defaults().build(context.at("bn"), x));
  }

  private static Layer folded(ChannelGate gate) {
    return folded(BatchNorm.defaults(), Optional.of(gate));
  }

  private static Layer folded(Norm norm, Optional<ChannelGate> gate) {
    return (context, x) -> {
      var map = norm.fold(context.at("bn"), x).orElseThrow();
      return gate.map(g -> g.fold(context.at("gate"), map)).orElse(map).rectifiedSum(x);
    };
  }

  private static Layer joint() {
    return (context, x) ->
        JointBatchNorm.defaults()
            .ofBatch(context, List.of(context.at("a"), context.at("b")), x, Optional.empty());
  }

  private static Operand<TFloat32> ofAnySize(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TInt32> side = tf.placeholderWithDefault(tf.constant(6), Shape.scalar());
    Operand<TInt32> shape = tf.stack(List.of(tf.constant(-1), side, side, tf.constant(8)));
    Operand<TFloat32> unknown = tf.reshape(x, shape);
    assertThat(Shapes.hasStaticSize(unknown)).isFalse();
    return BatchNorm.defaults().build(context, unknown);
  }

  /** A layer in a tower: the values that are compared. */
  private record Built(BuildContext context, List<Operand<TFloat32>> values) {

    static Built of(VariableStore store, Tower tower, Layer layer, float[] x, float[] w, Shape of) {
      BuildContext context = BuildContext.of(store, tower);
      Ops tf = context.tf();
      Operand<TFloat32> input = map(tf, x, of);
      Operand<TFloat32> y = layer.build(context, input);
      Operand<TFloat32> weights = map(tf, w, of);
      List<Operand<TFloat32>> xs = new ArrayList<>(List.of(input));
      store.trainable().forEach(variable -> xs.add(variable.read()));
      List<Operand<TFloat32>> values = new ArrayList<>();
      values.add(y);
      values.addAll(Gradients.of(tf.math.mul(y, weights), xs));
      context.movingAverages().stream().map(MovingAverage::batchValue).forEach(values::add);
      return new Built(context, values);
    }

    // XLA would compute with constants when it compiles, which takes seconds.
    private static Operand<TFloat32> map(Ops tf, float[] values, Shape shape) {
      Operand<TFloat32> vector =
          tf.placeholderWithDefault(tf.constant(values), Shape.of(values.length));
      return tf.reshape(vector, tf.constant(shape));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void replicasEqualOneWithTheWholeBatch(String name, int replicas, Shape sample, Layer layer) {
    int size = BATCH * (int) sample.size();
    float[] x = inputs(replicas, size);
    float[] w = normal(19, replicas * size);
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 3);
      Shape batch = Shape.of(BATCH).append(sample);
      Shape all = Shape.of((long) replicas * BATCH).append(sample);
      Built whole = Built.of(store, Tower.training(), layer, x, w, all);
      List<Built> parts = new ArrayList<>();
      CollectiveSettings settings = CollectiveSettings.defaults();
      for (ReplicaGroup group : SeveralDevices.groups(replicas, settings)) {
        int from = group.index() * size;
        Tower tower =
            Tower.training().named("replica" + group.index()).withBatchStatisticsOver(group);
        parts.add(
            Built.of(
                store,
                tower,
                layer,
                Arrays.copyOfRange(x, from, from + size),
                Arrays.copyOfRange(w, from, from + size),
                batch));
      }
      List<Operand<TFloat32>> fetches = new ArrayList<>(whole.values());
      parts.forEach(part -> fetches.addAll(part.values()));
      try (Session session = SeveralDevices.unoptimised(graph, replicas)) {
        scatter(store, session);
        List<float[]> found = SeveralDevices.values(session, fetches);
        int count = whole.values().size();
        int averages = whole.context().movingAverages().size();
        for (int i = 0; i < count; i++) {
          List<float[]> ofParts = new ArrayList<>();
          for (int part = 1; part <= replicas; part++) {
            ofParts.add(found.get(part * count + i));
          }
          boolean perSample = i < 2;
          boolean average = i >= count - averages;
          float[] actual =
              perSample ? joined(ofParts) : average ? ofParts.get(replicas - 1) : sum(ofParts);
          assertClose(name + ", value " + i, actual, found.get(i));
        }
      }
    }
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.size() * parts.get(0).length];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i), 0, all, i * parts.get(i).length, parts.get(i).length);
    }
    return all;
  }

  private static float[] sum(List<float[]> parts) {
    float[] sum = new float[parts.get(0).length];
    for (float[] part : parts) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += part[i];
      }
    }
    return sum;
  }

  private static void assertClose(String name, float[] actual, float[] expected) {
    // Gradients are sums of hundreds of values of order 1; some of them are near 0.
    float scale = 0.2f;
    float difference = 0;
    assertThat(actual).as(name).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    }
    // NaN is not less.
    assertThat(difference).as(name).isLessThanOrEqualTo(1e-5f * scale);
  }

  // Every replica's batch has another mean and another variance.
  private static float[] inputs(int replicas, int size) {
    float[] x = normal(5, replicas * size);
    for (int i = 0; i < x.length; i++) {
      int replica = i / size;
      x[i] = x[i] * (1 + replica) + 3 * replica - 1;
    }
    return x;
  }

  private static float[] normal(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void scatter(VariableStore store, Session session) {
    Map<String, float[]> values = new HashMap<>();
    store
        .trainable()
        .forEach(
            variable -> {
              float[] random = normal(variable.name().hashCode(), (int) variable.size());
              for (int i = 0; i < random.length; i++) {
                random[i] *= 0.6f;
              }
              values.put(variable.name(), random);
            });
    store.initialize(session);
    store.assign(session, values);
  }
}
