package dev.recal.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.recal.graphs.classification.serving.ClassifierServable;
import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.AttentivePlaces;
import dev.recal.graphs.network.NormPlace;
import dev.recal.graphs.network.ResNet;
import dev.recal.ops.Layer;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.SpatialLayer;
import dev.recal.ops.dynamic.CondConv;
import dev.recal.ops.dynamic.DynamicRegionConv;
import dev.recal.ops.norm.SwitchableNorm;
import dev.recal.ops.recalibration.ConvolutionalBlockAttention;
import dev.recal.ops.recalibration.EfficientChannelAttention;
import dev.recal.ops.recalibration.GatherExcite;
import dev.recal.ops.recalibration.GatherExcite.Variant;
import dev.recal.ops.recalibration.SqueezeExcitation;
import dev.recal.ops.recalibration.StyleRecalibration;
import dev.recal.ops.runtime.Sessions;
import dev.recal.ops.skip.SameLayerSlim;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;

/** The published values of modules in an exported network, by name, shape and value. */
class RecalibrationSignatureTest {

  private static final int IMAGES = 2;
  private static final int SIZE = 16;
  private static final ResNet NET = ResNet.cifar(8);

  /** The value's shape in a stage of the given channels and rows, without the batch dimension. */
  private interface StageShape {
    Shape shape(int channels, int rows);
  }

  private static final StageShape GATE = (c, s) -> Shape.of(c);

  static Stream<Arguments> modules() {
    return Stream.of(
        gate(SqueezeExcitation.defaults(), Map.of("recalibration/gate", GATE)),
        gate(StyleRecalibration.defaults(), Map.of("recalibration/gate", GATE)),
        gate(EfficientChannelAttention.defaults(), Map.of("recalibration/gate", GATE)),
        gate(GatherExcite.defaults(), Map.of("recalibration/gate", (c, s) -> Shape.of(1, 1, c))),
        gate(
            new GatherExcite(Variant.THETA, 2, false, 16),
            Map.of("recalibration/gate", (c, s) -> Shape.of(s / 2, s / 2, c))),
        gate(
            ConvolutionalBlockAttention.defaults(),
            Map.of(
                "recalibration/channel/gate",
                GATE,
                "recalibration/spatial/gate",
                (c, s) -> Shape.of(s, s, 1))),
        arguments(
            "attentive norm",
            NET.with()
                .attentive(AttentivePlaces.at(NormPlace.BN1).components(List.of(10, 10, 20)))
                .build(),
            Map.of("bn1/attention", (StageShape) (c, s) -> Shape.of(c == 64 ? 20 : 10))),
        spatial(DynamicRegionConv.defaults(), Map.of("conv2/regions", (c, s) -> Shape.of(s, s))),
        spatial(
            DynamicRegionConv.ofExperts(),
            Map.of(
                "conv2/regions",
                (c, s) -> Shape.of(s, s),
                "conv2/routing",
                (c, s) -> Shape.of(8, 8))),
        spatial(CondConv.defaults(), Map.of("conv2/routing", (c, s) -> Shape.of(8))),
        spatial(SameLayerSlim.queryKey(4, 4), Map.of("conv2/keys", (c, s) -> Shape.of(4, c / 4))),
        spatial(
            SameLayerSlim.defaults(),
            Map.of(
                "conv2/masks",
                (c, s) -> Shape.of(s, s, 4),
                "conv2/styles",
                (c, s) -> Shape.of(4, c))));
  }

  private static Arguments gate(Layer layer, Map<String, StageShape> values) {
    return arguments(layer.toString(), NET.with().recalibration(layer).build(), values);
  }

  private static Arguments spatial(SpatialLayer layer, Map<String, StageShape> values) {
    return arguments(layer.toString(), NET.with().spatial(layer).build(), values);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("modules")
  void everyImageHasItsValues(
      String module, ResNet net, Map<String, StageShape> values, @TempDir Path directory)
      throws IOException {
    Map<String, Shape> expected = new TreeMap<>();
    for (int stage = 0; stage < 3; stage++) {
      int channels = 16 << stage;
      int rows = SIZE >> stage;
      String block = "stage" + (stage + 1) + "/block0/";
      values.forEach((key, at) -> expected.put(block + key, at.shape(channels, rows)));
    }
    check(
        net,
        directory,
        (shapes, answers) -> {
          assertThat(shapes.keySet()).isEqualTo(expected.keySet());
          expected.forEach(
              (key, shape) -> {
                assertThat(shapes.get(key).asArray())
                    .as(key)
                    .isEqualTo(shape.prepend(-1).asArray());
                assertThat(answers.get(key).shape()).as(key).isEqualTo(shape.prepend(IMAGES));
                assertInRange(key, answers.get(key));
              });
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("switchable")
  void switchableNormsShowTheirWeights(String module, ResNet net, @TempDir Path directory)
      throws IOException {
    check(
        net,
        directory,
        (shapes, answers) -> {
          assertThat(shapes)
              .hasSize(2 * (1 + 3 * 2 + 2))
              .containsKeys(
                  "stem/bn/mean_weight",
                  "stage1/block0/bn2/variance_weight",
                  "stage3/block0/shortcut/bn/mean_weight");
          shapes.forEach((key, shape) -> assertThat(shape).as(key).isEqualTo(Shape.of(1, 3)));
          answers.forEach(
              (key, value) -> {
                float sum = 0;
                for (float weight : value.floats()) {
                  sum += weight;
                }
                assertThat(sum).as(key).isBetween(0.9999f, 1.0001f);
              });
        });
  }

  static Stream<Arguments> switchable() {
    return Stream.of(
        arguments("switchable norm", NET.with().norm(SwitchableNorm.defaults()).build()));
  }

  private static void assertInRange(String key, TensorValue value) {
    if (key.endsWith("regions")) {
      assertThat(Arrays.stream(value.ints())).as(key).allMatch(region -> region >= 0 && region < 8);
      return;
    }
    boolean bounded = key.matches(".*(gate|attention|masks|routing)");
    for (float number : value.floats()) {
      assertThat(number).as(key).isFinite();
      if (bounded) {
        assertThat(number).as(key).isBetween(0f, 1f);
      }
    }
  }

  /** Checks the signature's shapes and a predictor's outputs. */
  private interface SignatureCheck {
    void at(Map<String, Shape> shapes, Map<String, TensorValue> answers);
  }

  private static void check(ResNet net, Path directory, SignatureCheck looking) throws IOException {
    try (Graph graph = new Graph()) {
      List<String> labels = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
      Servable servable =
          ClassifierServable.build(graph, net, labels, Augmentation.none(), SIZE, SIZE);
      try (Session session = Sessions.optimisedOnce(graph)) {
        servable.store().initialize(session);
        Path model = SavedModelWriter.plain().write(servable, session, directory.resolve("model"));
        try (Predictor predictor = Predictor.open(model)) {
          Map<String, Shape> shapes = new TreeMap<>();
          for (Map.Entry<String, TensorDescription> output :
              predictor.description().signature("recalibration").outputs().entrySet()) {
            shapes.put(output.getKey(), output.getValue().shape());
          }
          Map<String, TensorValue> answers =
              predictor.call("recalibration", Map.of("images", images()));
          assertThat(answers).containsExactlyInAnyOrderEntriesOf(answers(servable, session));
          looking.at(shapes, answers);
        }
      }
    }
  }

  private static Map<String, TensorValue> answers(Servable servable, Session session) {
    ServableSignature signature =
        servable.signatures().stream()
            .filter(each -> each.key().equals("recalibration"))
            .findFirst()
            .orElseThrow();
    Map<String, TensorValue> answers = new LinkedHashMap<>();
    try (Tensor images = Tensors.toTensor(images())) {
      Session.Runner runner = session.runner().feed(signature.inputs().get("images"), images);
      for (Operand<?> output : signature.outputs().values()) {
        runner.fetch(output);
      }
      try (Result result = runner.run()) {
        int next = 0;
        for (String key : signature.outputs().keySet()) {
          answers.put(key, Tensors.toValue(result.get(next++)));
        }
      }
    }
    return answers;
  }

  private static TensorValue images() {
    Random random = new Random(5);
    float[] values = new float[IMAGES * SIZE * SIZE * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return TensorValue.of(values, IMAGES, SIZE, SIZE, 3);
  }
}
