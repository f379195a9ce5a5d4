package dev.recal.graphs.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.RecalibrationPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.checkpoint.CheckpointIndex;
import dev.recal.ops.recalibration.SqueezeExcitation;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

class PrunableNetworkTest {

  private static final int SIZE = 16;
  private static final String FIRST = "stage1/block0/recalibration/gate";

  @TempDir Path directory;

  private static ResNet network() {
    return ResNet.cifar(8).with().recalibration(new SqueezeExcitation(4)).build();
  }

  private static DataSet textures() throws IOException {
    return new Textures(Textures.Split.TEST, 5, SIZE, 0).open(OpenSettings.defaults());
  }

  /** Writes weights whose gates are the same for all images: σ of the bias. */
  private InitialWeights weights(Network network) {
    String prefix = directory.resolve("weights").toString();
    try (Graph graph = new Graph()) {
      VariableStore store = NetworkVariables.build(graph, network, SIZE, 3);
      Saver saver = Saver.add(GraphScope.ops(graph), "checkpoint", store.all());
      try (Session session = new Session(graph)) {
        store.initialize(session);
        Map<String, float[]> gates = new HashMap<>();
        for (Variable<TFloat32> variable : store.trainable()) {
          if (variable.name().endsWith("recalibration/expand/kernel")) {
            gates.put(variable.name(), new float[(int) variable.size()]);
          }
          if (variable.name().endsWith("recalibration/expand/bias")) {
            gates.put(variable.name(), biases((int) variable.size()));
          }
        }
        store.assign(session, gates);
        saver.save(session, prefix);
      }
    }
    return new InitialWeights(prefix, "", false);
  }

  private static float[] biases(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] biases = new float[count];
    for (int i = 0; i < count; i++) {
      biases[i] = (float) random.nextDouble(-2, 2);
    }
    return biases;
  }

  private PrunableNetwork open(Network network, int batch) throws IOException {
    try (DataSet data = textures()) {
      return new PrunableNetwork(
          network,
          data,
          PipelineSettings.evaluation(batch, SIZE, SIZE, Augmentation.none()),
          weights(network),
          Precision.FLOAT32.session(1));
    }
  }

  @Test
  void ranksByTheMeanGateOfEachChannel() throws IOException {
    try (PrunableNetwork network = open(network(), 7)) {
      assertThat(network.images()).isEqualTo(50);
      Map<String, double[]> means = network.byGates().scores();
      assertThat(means).hasSize(3);
      float[] biases = biases(16);
      for (int c = 0; c < 16; c++) {
        assertThat(means.get(FIRST)[c]).isCloseTo(1 / (1 + Math.exp(-biases[c])), within(1e-5));
      }
    }
  }

  @Test
  void countsPrunedCost() throws IOException {
    try (PrunableNetwork network = open(network(), 25)) {
      PruningPoint.Cost none = network.cost(Map.of());
      assertThat(none).isEqualTo(new PruningPoint.Cost(0, 0, 0));
      PruningPoint.Cost three = network.cost(Map.of(FIRST, new int[] {0, 5, 15}));
      // γ and β; 3 of the 16 filters of 3×3×16 at each of 16×16 pixels.
      assertThat(three).isEqualTo(new PruningPoint.Cost(3, 6, 3L * 16 * 16 * 9 * 16));
    }
  }

  @Test
  void measuresAndRestoresTheWeights() throws IOException {
    try (PrunableNetwork network = open(network(), 25)) {
      double whole = network.accuracy();
      ChannelRanking gates = network.byGates();
      List<PruningPoint> reported = new ArrayList<>();
      List<Double> shares = List.of(0.0, 0.5, 1.0);
      PruningCurve curve =
          PruningCurve.measure(
              "gate", network, gates, shares, Comparison.WITHIN_LAYERS, reported::add);
      assertThat(curve.points()).isEqualTo(reported).hasSize(3);
      assertThat(reported.get(0).accuracy()).isEqualTo(whole);
      assertThat(reported.get(1).cost().channels()).isEqualTo((16 + 32 + 64) / 2);
      assertThat(reported.get(2).cost().zeroedParameters()).isEqualTo(2 * (16 + 32 + 64));
      assertThat(network.accuracy()).isEqualTo(whole);
      assertThat(network.byGates().scores().get(FIRST)).isEqualTo(gates.scores().get(FIRST));
      report(network, gates, curve);
    }
  }

  private void report(PrunableNetwork network, ChannelRanking gates, PruningCurve curve)
      throws IOException {
    PruningReport report =
        new PruningReport(
            50,
            Comparison.WITHIN_LAYERS,
            network.profile(),
            network.maps(),
            network.others(),
            gates,
            curve,
            List.of(new PruningCurve("random 1", curve.points())));
    JsonObject json = JsonParser.parseString(report.toJson()).getAsJsonObject();
    assertThat(json.get("channels").getAsInt()).isEqualTo(112);
    assertThat(json.get("comparison").getAsString()).isEqualTo("within-layers");
    assertThat(json.getAsJsonArray("layers").get(0).getAsJsonObject().getAsJsonArray("meanGates"))
        .hasSize(16);
    assertThat(json.getAsJsonArray("curves")).hasSize(2);
    assertThat(report.controlAccuracy(1)).isEqualTo(curve.points().get(1).accuracy());
    Path png = directory.resolve("prune.png");
    PruningChart.draw(report, "Pruning", 10, png);
    BufferedImage picture = ImageIO.read(png.toFile());
    assertThat(picture.getWidth()).isEqualTo(960);
    PruningCurve shorter = new PruningCurve("random 1", curve.points().subList(0, 1));
    assertThatThrownBy(
            () ->
                new PruningReport(
                    50,
                    Comparison.WITHIN_LAYERS,
                    network.profile(),
                    network.maps(),
                    List.of(),
                    gates,
                    curve,
                    List.of(shorter)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("controls");
  }

  @Test
  void writesOnlyTheZeros() throws IOException {
    Path target = directory.resolve("pruned");
    try (PrunableNetwork network = open(network(), 25)) {
      StoredNetwork.Description description =
          new StoredNetwork.Description(network(), SIZE, Augmentation.none(), "a test");
      List<String> labels = IntStream.range(0, 10).mapToObj(i -> "c" + i).toList();
      network.prune(Map.of(FIRST, new int[] {2, 3}));
      network.write(new StoredNetwork(target, description, labels));
      StoredNetwork.Description other =
          new StoredNetwork.Description(ResNet.cifar(8), SIZE, Augmentation.none(), "a test");
      StoredNetwork foreign = new StoredNetwork(directory.resolve("other"), other, labels);
      assertThatThrownBy(() -> network.write(foreign))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected a graph of the same network");
    }
    String before = directory.resolve("weights").toString();
    String after = StoredNetwork.open(target).prefix();
    assertThat(CheckpointIndex.read(after).tensors().keySet())
        .isEqualTo(CheckpointIndex.read(before).tensors().keySet());
    try (Graph graph = new Graph()) {
      VariableStore store = NetworkVariables.build(graph, network(), SIZE, 3);
      Saver saver = Saver.add(GraphScope.ops(graph), "checkpoint", store.all());
      try (Session session = new Session(graph)) {
        saver.restore(session, before);
        Map<String, float[]> expected = store.values(session);
        saver.restore(session, after);
        Map<String, float[]> actual = store.values(session);
        for (Variable<TFloat32> variable : store.trainable()) {
          float[] values = expected.get(variable.name());
          if (variable.name().startsWith("stage1/block0/bn2/")) {
            values[2] = 0;
            values[3] = 0;
          }
          assertThat(actual.get(variable.name())).as(variable.name()).isEqualTo(values);
        }
      }
    }
  }

  @Test
  void rejectsNetworksWithoutPrunableGates() {
    assertThatThrownBy(() -> open(ResNet.cifar(8), 25))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but got none.");
    ResNet late = network().with().place(RecalibrationPlace.AFTER_ADDITION).build();
    assertThatThrownBy(() -> open(late, 25))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stage1/block0/recalibration/gate");
    assertThatThrownBy(() -> open(network().withClasses(3), 25))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("classes");
  }

  @Test
  void rejectsUnknownGatesAndChannels() throws IOException {
    try (PrunableNetwork network = open(network(), 25)) {
      assertThatThrownBy(() -> network.prune(Map.of("gate", new int[] {0})))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(FIRST);
      assertThatThrownBy(() -> network.prune(Map.of(FIRST, new int[] {16})))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("16 channels");
    }
  }
}
