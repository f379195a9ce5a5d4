package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.optimisation.DeviceReplicas;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Several CPU devices that train one network, against one device. */
class DeviceReplicasTest {

  private static final int STEPS = 20;
  private static final Shape IMAGES = Shape.of(8, 8, 8, 3);

  /** What training results in. */
  private record Trained(List<Float> losses, List<Float> correct, Map<String, float[]> weights) {}

  @Test
  void devicesTrainLikeOneWithTheWholeBatch() {
    Trained one = train(DeviceReplicas.single());
    for (int count : new int[] {1, 2, 4}) {
      Trained several = train(devices(count, true));
      assertThat(several.correct()).isEqualTo(one.correct());
      for (int i = 0; i < STEPS; i++) {
        assertThat(several.losses().get(i)).isCloseTo(one.losses().get(i), within(1e-5f));
      }
      one.weights()
          .forEach(
              (name, values) ->
                  assertThat(several.weights().get(name))
                      .as("%s on %d devices", name, count)
                      .containsExactly(values, Offset.offset(1e-5f)));
    }
  }

  @Test
  void statisticsOfPartsDifferWithoutSynchronisation() {
    float[] whole = train(DeviceReplicas.single()).weights().get("conv/kernel");
    float[] parts = train(devices(2, false)).weights().get("conv/kernel");
    double difference =
        IntStream.range(0, whole.length).mapToDouble(i -> Math.abs(whole[i] - parts[i])).sum();
    assertThat(difference / whole.length).isBetween(1e-4, 0.1);
  }

  /** A power of two changes no bit, on any device and in their sum. */
  @Test
  void scaledLossesTrainLikePlainOnes() {
    Map<String, float[]> plain = train(devices(2, true)).weights();
    Map<String, float[]> scaled = train(devices(2, true), "float16").weights();
    assertThat(scaled.remove("training/loss/loss_scale")).containsExactly(1 << 15);
    assertThat(scaled).usingRecursiveComparison().isEqualTo(plain);
  }

  @Test
  void rejectsBatchesThatDevicesDoNotDivide() {
    assertThatThrownBy(() -> train(devices(3, true)))
        .hasMessage("batch: expected a multiple of 3, the number of devices, but got 8.");
    assertThatThrownBy(() -> new DeviceReplicas(List.of("/device:CPU:0", "/device:CPU:0"), true))
        .hasMessageStartingWith("devices: expected different ones");
  }

  private static DeviceReplicas devices(int count, boolean synchronised) {
    List<String> names = IntStream.range(0, count).mapToObj(i -> "/device:CPU:" + i).toList();
    return new DeviceReplicas(names, synchronised);
  }

  private static Trained train(DeviceReplicas devices) {
    return train(devices, "float32");
  }

  private static Trained train(DeviceReplicas devices, String precision) {
    ClassificationSettings settings =
        Bench.settings(
            "{'steps': 20, 'clipNorm': 0.5, 'weightDecay': {'rate': 1e-3},"
                + " 'optimiser': {'type': 'sgd'}, 'precision': '"
                + precision
                + "'}");
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat32> images = tf.placeholder(TFloat32.class, Placeholder.shape(IMAGES));
      Placeholder<TInt32> labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(8)));
      Batch batch = new Batch(images, labels);
      ClassificationGraph built =
          ClassificationGraph.build(
              graph,
              TinyNetwork.PLAIN,
              settings,
              new ClassificationGraph.Batches(batch, batch, batch, 10),
              Replicas.single(),
              devices);
      assertThat(usedDevices(graph)).containsAll(devices.devices());
      var config =
          settings.session().config().toBuilder().putDeviceCount("CPU", devices.size()).build();
      try (Session session = new Session(graph, config)) {
        built.job().store().initialize(session);
        List<Float> losses = new ArrayList<>();
        List<Float> correct = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
          try (TFloat32 pixels = TFloat32.tensorOf(IMAGES, DataBuffers.of(pixels(step)));
              TInt32 classes = TInt32.vectorOf(0, 1, 2, 3, 4, 5, 6, step % 10);
              var result =
                  session
                      .runner()
                      .feed(images, pixels)
                      .feed(labels, classes)
                      .fetch(built.loss())
                      .fetch(built.correct().orElseThrow())
                      .addTarget(built.apply())
                      .run()) {
            losses.add(((TFloat32) result.get(0)).getFloat());
            correct.add(((TFloat32) result.get(1)).getFloat());
          }
        }
        return new Trained(losses, correct, built.job().store().values(session));
      }
    }
  }

  // The devices of the backward pass.
  private static List<String> usedDevices(Graph graph) {
    List<String> used = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (operation.type().equals("Conv2DBackpropFilter")) {
                used.add(operation.device());
              }
            });
    return used;
  }

  private static float[] pixels(int step) {
    Random random = new Random(step);
    float[] pixels = new float[(int) IMAGES.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat() * (1 + i % 3) / 3;
    }
    return pixels;
  }
}
