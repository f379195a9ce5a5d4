package dev.recal.graphs.classification.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.recal.graphs.data.pipeline.Augmentation;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.Networks;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

class ClassifierServableTest {

  private static final int SIZE = 32;

  private static List<String> labels(int count) {
    return IntStream.range(0, count).mapToObj(i -> "class " + i).toList();
  }

  /** Every form of network, and each prefix of three of them, at depths that build fast. */
  static Stream<String> presets() {
    return Networks.names().stream()
        .filter(name -> !name.matches(".*(101|152|56|110).*"))
        .filter(name -> name.matches("resn.*|.*-(resnet18|resnet50|resnet20-cifar)"));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyPresetBuilds(String name) {
    Network network = Networks.named(name).withClasses(7);
    int size = name.contains("cifar") ? 32 : 64;
    try (Graph graph = new Graph()) {
      Servable servable =
          ClassifierServable.build(graph, network, labels(7), Augmentation.none(), size, size);

      Map<String, ServableSignature> signatures = byKey(servable);
      boolean plain = name.startsWith("resn");
      assertThat(signatures)
          .containsOnlyKeys(
              plain
                  ? List.of("serving_default", "serving_bytes", "features", "classify")
                  : List.of(
                      "serving_default", "serving_bytes", "features", "classify", "recalibration"));
      assertThat(signatures.get("classify").outputs()).containsOnlyKeys("classes", "scores");
      assertThat(signatures.get("classify").outputs().get("scores").shape().asArray())
          .containsExactly(-1, 5);
      assertThat(signatures.get("serving_default").outputs())
          .containsOnlyKeys("logits", "probabilities");
      assertThat(signatures.get("serving_bytes").outputs())
          .containsOnlyKeys("logits", "probabilities", "classes", "labels");
      int[] sides =
          name.contains("cifar") ? new int[] {32, 32, 16, 8} : new int[] {32, 16, 8, 4, 2};
      int i = 0;
      for (Map.Entry<String, Operand<?>> stage : signatures.get("features").outputs().entrySet()) {
        assertThat(stage.getKey()).isEqualTo(i == 0 ? "stem" : "stage" + i);
        assertThat(stage.getValue().shape().get(1)).isEqualTo(sides[i]);
        assertThat(stage.getValue().shape().get(2)).isEqualTo(sides[i]);
        i++;
      }
      assertThat(i).isEqualTo(sides.length);
      if (!plain) {
        assertThat(signatures.get("recalibration").outputs().keySet())
            .allMatch(key -> key.matches("(stem|stage\\d/block\\d+)/(\\w+/)+\\w+"));
      }
    }
  }

  private static Map<String, ServableSignature> byKey(Servable servable) {
    Map<String, ServableSignature> signatures = new LinkedHashMap<>();
    servable.signatures().forEach(signature -> signatures.put(signature.key(), signature));
    return signatures;
  }

  @Test
  void gatesHaveAValueForEverySampleAndChannel() {
    try (Graph graph = new Graph()) {
      Servable servable =
          ClassifierServable.build(
              graph,
              Networks.named("srm-resnet20-cifar"),
              labels(10),
              Augmentation.none(),
              SIZE,
              SIZE);
      ServableSignature gates = byKey(servable).get("recalibration");
      ServableSignature features = byKey(servable).get("features");
      try (Session session = new Session(graph);
          Tensor images = images(2)) {
        servable.store().initialize(session);
        List<Operand<?>> outputs = new ArrayList<>(gates.outputs().values());
        outputs.addAll(features.outputs().values());
        Session.Runner runner = session.runner().feed(gates.inputs().get("images"), images);
        outputs.forEach(runner::fetch);
        try (Result result = runner.run()) {
          List<Shape> shapes = new ArrayList<>();
          result.forEach(entry -> shapes.add(entry.getValue().shape()));
          assertThat(gates.outputs().keySet().stream().filter(key -> key.endsWith("/gate")))
              .hasSize(9);
          int i = 0;
          for (String key : gates.outputs().keySet()) {
            int channels = key.startsWith("stage1") ? 16 : key.startsWith("stage2") ? 32 : 64;
            assertThat(shapes.get(i).get(0)).as(key).isEqualTo(2);
            if (key.endsWith("/gate")) {
              assertThat(shapes.get(i).size()).as(key).isEqualTo(2L * channels);
            }
            i++;
          }
          assertThat(shapes.subList(i, shapes.size()))
              .containsExactly(
                  Shape.of(2, 32, 32, 16),
                  Shape.of(2, 32, 32, 16),
                  Shape.of(2, 16, 16, 32),
                  Shape.of(2, 8, 8, 64));
        }
      }
    }
  }

  private static float[] pixels(int images) {
    SplittableRandom random = new SplittableRandom(3);
    float[] pixels = new float[images * SIZE * SIZE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextInt(256) / 255f;
    }
    return pixels;
  }

  private static Tensor images(int count) {
    return TFloat32.tensorOf(Shape.of(count, SIZE, SIZE, 3), DataBuffers.of(pixels(count)));
  }

  private static byte[] png(float[] pixels, int number) throws IOException {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    int at = number * SIZE * SIZE * 3;
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = rgb << 8 | Math.round(pixels[at++] * 255);
        }
        image.setRGB(x, y, rgb);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  @Test
  void bytesAndPixelsGiveTheSameOutputs() throws IOException {
    float[] pixels = pixels(3);
    byte[][] files = {png(pixels, 0), png(pixels, 1), png(pixels, 2)};
    try (Graph graph = new Graph()) {
      Servable servable =
          ClassifierServable.build(
              graph,
              Networks.named("se-resnet20-cifar"),
              labels(10),
              Augmentation.none(),
              SIZE,
              SIZE);
      ServableSignature byPixels = byKey(servable).get("serving_default");
      ServableSignature byBytes = byKey(servable).get("serving_bytes");
      try (Session session = new Session(graph);
          Tensor images = images(3);
          TString bytes = TString.tensorOfBytes(NdArrays.vectorOfObjects(files))) {
        servable.store().initialize(session);
        try (Result one =
                session
                    .runner()
                    .feed(byPixels.inputs().get("images"), images)
                    .fetch(byPixels.outputs().get("logits"))
                    .fetch(byPixels.outputs().get("probabilities"))
                    .run();
            Result other =
                session
                    .runner()
                    .feed(byBytes.inputs().get("image_bytes"), bytes)
                    .fetch(byBytes.outputs().get("logits"))
                    .fetch(byBytes.outputs().get("probabilities"))
                    .fetch(byBytes.outputs().get("classes"))
                    .fetch(byBytes.outputs().get("labels"))
                    .run()) {
          float[] logits = floats(one.get(0));
          assertThat(floats(other.get(0))).containsExactly(logits, Offset.offset(1e-5f));
          assertThat(floats(other.get(1)))
              .containsExactly(floats(one.get(1)), Offset.offset(1e-6f));
          for (int image = 0; image < 3; image++) {
            int best = 0;
            double sum = 0;
            for (int c = 0; c < 10; c++) {
              best = logits[image * 10 + c] > logits[image * 10 + best] ? c : best;
              sum += floats(one.get(1))[image * 10 + c];
            }
            assertThat(sum).isCloseTo(1, within(1e-5));
            assertThat(((TInt64) other.get(2)).getLong(image)).isEqualTo(best);
            assertThat(((TString) other.get(3)).getObject(image)).isEqualTo("class " + best);
          }
        }
      }
    }
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(((TFloat32) tensor).size())];
    ((TFloat32) tensor).copyTo(DataBuffers.of(values));
    return values;
  }

  @Test
  void rejectsMismatchedLabels() {
    try (Graph graph = new Graph()) {
      assertThatThrownBy(
              () ->
                  ClassifierServable.build(
                      graph,
                      Networks.named("resnet20-cifar"),
                      labels(9),
                      Augmentation.none(),
                      SIZE,
                      SIZE))
          .hasMessage("labels: expected one for each of the 10 classes, but got 9.");
    }
  }
}
