package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.tensor.TensorValue;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictorTest {

  @TempDir static Path directory;
  static Path model;
  static Predictor predictor;

  @BeforeAll
  static void write() throws IOException {
    try (TinyNetwork network = new TinyNetwork()) {
      model =
          new SavedModelWriter(new JsonObject(), TinyNetwork.golden())
              .write(network.servable, network.session, directory);
    }
    predictor = Predictor.open(model, new PredictorSettings(4, true, 1));
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  @Test
  void bigInputsAreSplitAndJoined() throws IOException {
    Map<String, TensorValue> inputs = Map.of("images", TinyNetwork.images(11, 5));
    try (Predictor whole = Predictor.open(model)) {
      TensorValue expected = whole.call("features", inputs).get("stage1");
      TensorValue actual = predictor.call("features", inputs).get("stage1");
      assertThat(actual.shape().asArray()).containsExactly(11, 4, 4, 4);
      assertThat(Verification.relativeError(actual, expected)).isLessThan(1e-6);
    }
  }

  @Test
  void manyThreadsGetTheirOwnOutputs() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Map<String, TensorValue> inputs = Map.of("images", TinyNetwork.images(1 + i % 6, i));
        TensorValue expected = predictor.call("serving_default", inputs).get("logits");
        answers.add(
            threads.submit(
                () ->
                    Verification.relativeError(
                            predictor.call("serving_default", inputs).get("logits"), expected)
                        < 1e-6));
      }
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void wrongArgumentsAreNamedBeforeTensorFlowSeesThem() {
    assertRefused("other", Map.of(), "has no signature 'other'; it has [features, serving_bytes,");
    assertRefused("features", Map.of(), "signature 'features' takes [images], but got [].");
    assertRefused(
        "features",
        Map.of("images", TensorValue.of(new double[192], 1, 8, 8, 3)),
        "'images' of signature 'features' takes float32, but got float64.");
    assertRefused(
        "features",
        Map.of("images", TensorValue.of(new float[192], 8, 8, 3)),
        "takes shape [-1, 8, 8, 3] (-1 is free), but got [8, 8, 3].");
    assertRefused(
        "features", Map.of("images", TensorValue.of(new float[48], 1, 4, 4, 3)), "[1, 4, 4, 3]");
    assertRefused(
        "features", Map.of("images", TinyNetwork.images(0, 1)), "needs at least one element");
    assertRefused(
        "serving_bytes",
        Map.of("image_bytes", TensorValue.ofStrings(List.of("text"))),
        "inputs: signature 'serving_bytes' cannot be computed from them: ");
  }

  @Test
  void imagesAreClassifiedWithTheirLabels() throws IOException {
    List<byte[]> images = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      images.add(image(i % 2 == 0 ? "png" : "jpg", 8 + i, 9, new Color(20 * i, 90, 30)));
    }
    List<List<Classification>> classes = predictor.classify(images, 2);
    assertThat(classes).hasSize(9).allSatisfy(best -> assertThat(best).hasSize(2));
    for (int i = 0; i < images.size(); i++) {
      Map<String, TensorValue> one =
          predictor.call(
              "serving_bytes", Map.of("image_bytes", TensorValue.ofBytes(List.of(images.get(i)))));
      Classification best = classes.get(i).get(0);
      assertThat((long) best.index()).isEqualTo(one.get("classes").longs()[0]);
      assertThat(best.label())
          .isEqualTo(TinyNetwork.LABELS.get(best.index()))
          .isEqualTo(one.get("labels").strings().get(0));
      assertThat(best.probability()).isGreaterThanOrEqualTo(classes.get(i).get(1).probability());
    }
    assertThat(predictor.classify(images.subList(0, 1), 9).get(0)).hasSize(3);
    assertThat(predictor.classify(List.of(), 3)).isEmpty();
  }

  @Test
  void fileThatIsNotAnImageIsNamed() throws IOException {
    byte[] good = image("png", 9, 9, Color.RED);
    byte[] cut = Arrays.copyOf(good, good.length / 2);
    assertThatThrownBy(() -> predictor.classify(List.of(good, good, cut, good), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("images: number 2 (counted from 0, " + cut.length + " bytes)");
    assertThatThrownBy(() -> predictor.classify(List.of(new byte[0]), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("images: number 0 (counted from 0, 0 bytes)");
  }

  @Test
  void rejectsOutputsThatAreNotFinite(@TempDir Path damaged) throws IOException {
    try (TinyNetwork network = new TinyNetwork()) {
      network.store.assign(
          network.session, Map.of("stage1/moving_mean", new float[] {0, Float.NaN, 0, 0}));
      Path written =
          new SavedModelWriter(new JsonObject(), List.of())
              .write(network.servable, network.session, damaged.resolve("nan"));
      byte[] image = image("png", 9, 9, Color.RED);
      try (Predictor nan = Predictor.open(written)) {
        assertThatThrownBy(() -> nan.classify(List.of(image), 1))
            .isInstanceOf(NotFiniteException.class)
            .hasMessage(
                "images: number 0 (counted from 0): expected finite numbers from the model, but its"
                    + " output 'probabilities' has NaN; its weights may be damaged.");
      }
    }
  }

  @Test
  void closedPredictorThrows() throws IOException {
    Predictor closed = Predictor.open(model);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.call("features", Map.of("images", TinyNetwork.images(1, 1))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  @Tag("slow")
  void memoryIsConstantOverManyCalls() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")));
    Map<String, TensorValue> inputs = Map.of("images", TinyNetwork.images(32, 1));
    List<byte[]> files = List.of(image("png", 64, 64, Color.RED));
    long before = 0;
    for (int i = 0; i < 30_000; i++) {
      predictor.call("features", inputs);
      if (i % 10 == 0) {
        predictor.classify(files, 1);
      }
      if (i == 5_000) {
        before = residentKilobytes();
      }
    }
    // Leaking the outputs alone would be 200 MB.
    assertThat(residentKilobytes() - before).isLessThan(64 * 1024L);
  }

  @Test
  @Tag("slow")
  void memoryIsConstantOverManyLoads() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")));
    long before = 0;
    for (int i = 0; i < 300; i++) {
      try (Predictor one = Predictor.open(model)) {
        one.call("features", Map.of("images", TinyNetwork.images(4, 1)));
      }
      if (i == 100) {
        before = residentKilobytes();
      }
    }
    assertThat(residentKilobytes() - before).isLessThan(64 * 1024L);
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  private static void assertRefused(
      String signature, Map<String, TensorValue> inputs, String message) {
    assertThatThrownBy(() -> predictor.call(signature, inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  static byte[] image(String format, int width, int height, Color color) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }
}
