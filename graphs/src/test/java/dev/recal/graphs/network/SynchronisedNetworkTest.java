package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.MovingAverage;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.collective.CollectiveSettings;
import dev.recal.ops.collective.ReplicaGroup;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;

/** Whole networks on replicas with synchronised batch statistics against one with all images. */
class SynchronisedNetworkTest {

  private static final int BATCH = 4;
  private static final int SIDE = 16;
  private static final int IMAGE = SIDE * SIDE * 3;

  // The graph is run once.
  private static final RewriterConfig UNOPTIMISED =
      RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build();

  /** A network's gradients and batch statistics on some images. */
  private record Part(List<Operand<TFloat32>> gradients, List<Operand<TFloat32>> statistics) {

    static Part of(VariableStore store, Tower tower, Network network, int from, int images) {
      BuildContext context = BuildContext.of(store, tower);
      Ops tf = context.tf();
      float[] all = Towers.noise(3 * BATCH * IMAGE);
      float[] pixels = Arrays.copyOfRange(all, from * IMAGE, (from + images) * IMAGE);
      Operand<TFloat32> vector =
          tf.placeholderWithDefault(tf.constant(pixels), Shape.of(pixels.length));
      Operand<TFloat32> input = tf.reshape(vector, tf.constant(Shape.of(images, SIDE, SIDE, 3)));
      int[] labels = new int[images];
      Arrays.setAll(labels, i -> (from + i) * 7 % network.classes());
      Operand<TFloat32> targets =
          tf.oneHot(
              tf.constant(labels),
              tf.constant(network.classes()),
              tf.constant(1f),
              tf.constant(0f));
      Operand<TFloat32> logits = network.build(context, input).logits();
      Operand<TFloat32> objective =
          tf.math.mean(
              SoftmaxCrossEntropyWithLogits.create(tf.scope(), logits, targets).loss(),
              tf.constant(0));
      List<Operand<TFloat32>> variables = new ArrayList<>();
      store.trainable().forEach(variable -> variables.add(variable.read()));
      return new Part(
          Gradients.of(objective, variables),
          context.movingAverages().stream().map(MovingAverage::batchValue).toList());
    }
  }

  @ParameterizedTest
  @CsvSource({"srm, 3, FUSED", "srm, 2, NAIVE"})
  void replicasHaveTheGradientsOfOneBatch(String word, int replicas, Fusion fusion) {
    ResNet whole = (ResNet) Networks.named(word + "-resnet20-cifar");
    Network network =
        whole.with().block(ResNet.Block.BASIC, List.of(1, 1, 1)).fusion(fusion).build();
    ConfigProto config =
        ConfigProto.newBuilder()
            .putDeviceCount("CPU", replicas)
            .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(UNOPTIMISED))
            .build();
    try (Graph graph = new Graph()) {
      VariableStore store = new VariableStore(graph, 1);
      Part one = Part.of(store, Tower.training(), network, 0, replicas * BATCH);
      List<Operand<TFloat32>> means = new ArrayList<>();
      List<Operand<TFloat32>> statistics = new ArrayList<>();
      CollectiveSettings settings = CollectiveSettings.defaults().withBucketBytes(1 << 18);
      for (int i = 0; i < replicas; i++) {
        ReplicaGroup group = ReplicaGroup.of(replicas, i, "/device:CPU:" + i, settings);
        Tower tower = Tower.training().named("replica" + i).withBatchStatisticsOver(group);
        Part part = Part.of(store, tower, network, i * BATCH, BATCH);
        means.addAll(group.means(GraphScope.ops(graph), part.gradients()));
        statistics.addAll(part.statistics());
      }
      List<Operand<TFloat32>> fetches = new ArrayList<>(one.gradients());
      fetches.addAll(one.statistics());
      int count = one.gradients().size();
      fetches.addAll(means);
      fetches.addAll(statistics);
      try (Session session = new Session(graph, config)) {
        store.initialize(session);
        store.assign(session, offsets(store));
        List<float[]> found = Towers.run(session, fetches);
        int statisticsOfOne = one.statistics().size();
        int from = count + statisticsOfOne;
        float largest = largest(found.subList(0, count));
        for (int i = 0; i < means.size(); i++) {
          String name = store.trainable().get(i % count).name();
          assertClose(name, largest, found.get(from + i), found.get(i % count));
        }
        for (int i = 0; i < statistics.size(); i++) {
          float[] expected = found.get(count + i % statisticsOfOne);
          float[] actual = found.get(from + means.size() + i);
          assertClose("statistic", Math.max(1e-2f, largest(List.of(expected))), actual, expected);
        }
      }
    }
  }

  // Values that are less than a rounding error from 0 have one gradient or another behind a ReLU:
  // almost all of them are positive here.
  private static Map<String, float[]> offsets(VariableStore store) {
    Map<String, float[]> offsets = new HashMap<>();
    for (Variable<TFloat32> variable : store.trainable()) {
      if (variable.name().matches(".*/bn\\d?/beta")) {
        float[] values = new float[(int) variable.size()];
        Arrays.fill(values, 4f);
        offsets.put(variable.name(), values);
      }
    }
    return offsets;
  }

  private static float largest(List<float[]> all) {
    float largest = 0;
    for (float[] values : all) {
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }

  private static void assertClose(String name, float scale, float[] actual, float[] expected) {
    float[] difference = new float[expected.length];
    assertThat(actual).as(name).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      difference[i] = actual[i] - expected[i];
    }
    assertThat(largest(List.of(difference))).as(name).isLessThanOrEqualTo(1e-5f * scale);
  }
}
