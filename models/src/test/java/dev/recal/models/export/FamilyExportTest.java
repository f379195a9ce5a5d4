package dev.recal.models.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.AndOrNet;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.DenseNet;
import dev.recal.graphs.network.InvertedStage;
import dev.recal.graphs.network.MobileFaceNet;
import dev.recal.graphs.network.MobileNetV1;
import dev.recal.graphs.network.MobileNetV2;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.ShuffleNetV2;
import dev.recal.ops.Servable;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.savedmodels.GoldenCase;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Every family of networks exports to a working SavedModel. */
class FamilyExportTest {

  private static final int SIZE = 32;
  private static final List<String> LABELS = List.of("cat", "dog", "none");

  @TempDir Path directory;

  static List<Network> networks() {
    AttentivePlaces second = AttentivePlaces.at(NormPlace.BN2).components(List.of(2, 3));
    DynamicRegionConv dynamic = DynamicRegionConv.pointwise(0);
    List<InvertedStage> stages =
        List.of(new InvertedStage(2, 8, 2, 2), new InvertedStage(2, 16, 1, 2));
    return List.of(
        DenseNet.defaults()
            .with()
            .repeats(List.of(1, 1))
            .growth(8, 2)
            .attentive(second)
            .classes(3)
            .build(),
        MobileNetV1.defaults().with().repeats(List.of(1, 1)).classes(3).build(),
        MobileNetV2.defaults().with().stages(stages).attentive(second).classes(3).build(),
        ShuffleNetV2.defaults()
            .with()
            .stages(List.of(32, 64), List.of(2, 1))
            .recalibration(StyleRecalibration.defaults())
            .classes(3)
            .build(),
        ShuffleNetV2.defaults()
            .with()
            .stages(List.of(32, 64), List.of(2, 1))
            .dynamic(dynamic)
            .classes(3)
            .build(),
        MobileFaceNet.defaults().with().stages(stages).pointwise(dynamic).classes(3).build(),
        AndOrNet.cifar().with().stages(List.of(16), List.of(1)).classes(3).build());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void servesAfterExport(Network network) throws IOException {
    TensorValue images = images();
    Path model = directory.resolve("model");
    try (Graph graph = new Graph()) {
      Servable servable =
          ClassifierServable.build(graph, network, LABELS, Augmentation.none(), SIZE, SIZE);
      try (Session session = new Session(graph)) {
        servable.store().initialize(session);
        // The writer loads the model and compares its outputs with the graph's.
        GoldenCase golden = new GoldenCase("serving_default", Map.of("images", images));
        new SavedModelWriter(new JsonObject(), List.of(golden)).write(servable, session, model);
      }
    }
    try (Predictor predictor = Predictor.open(model)) {
      Map<String, TensorValue> answer = predictor.call("serving_default", Map.of("images", images));
      float[] probabilities = answer.get("probabilities").floats();
      assertThat(probabilities).hasSize(2 * LABELS.size());
      for (int i = 0; i < 2; i++) {
        assertThat(probabilities[3 * i] + probabilities[3 * i + 1] + probabilities[3 * i + 2])
            .isBetween(0.9999f, 1.0001f);
      }
    }
  }

  private static TensorValue images() {
    float[] values = new float[2 * SIZE * SIZE * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 31) / 31f;
    }
    return TensorValue.of(values, 2, SIZE, SIZE, 3);
  }
}
