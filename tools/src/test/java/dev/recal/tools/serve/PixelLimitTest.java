package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.savedmodels.TooManyPixelsException;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.CommandResult;
import dev.recal.tools.TinyModel;
import dev.recal.tools.serve.Http.Answer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files of huge images: rejected by their headers, or decoded without affecting others. */
@Timeout(180)
class PixelLimitTest {

  @TempDir private static Path directory;
  private static Path model;
  private static String small;
  private static byte[] bomb;

  @BeforeAll
  static void write() throws IOException {
    model = TinyModel.write(directory.resolve("tiny"));
    byte[] png = Files.readAllBytes(TinyModel.image(directory.resolve("small.png")));
    small = body(List.of(png));
    bomb = black(8000);
    assertThat(bomb).hasSizeLessThan(20_000);
  }

  private static byte[] black(int side) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY), "png", file);
    return file.toByteArray();
  }

  private static String body(List<byte[]> images) {
    List<String> instances =
        images.stream()
            .map(image -> "{\"b64\": \"" + Base64.getEncoder().encodeToString(image) + "\"}")
            .toList();
    return "{\"signature_name\": \"serving_bytes\", \"instances\": " + instances + "}";
  }

  private static Answer post(Http http, String body) {
    try {
      return http.post("/v1/models/t:predict", body);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void rejectsManyHugeImagesByTheirHeaders() throws Exception {
    String huge = body(Collections.nCopies(60, bomb));
    try (ModelServer server = ModelServer.start(model, ServeSettings.defaults().withName("t"))) {
      Http http = new Http(server.uri());
      assertThat(post(http, small).status()).isEqualTo(200);
      long began = System.nanoTime();
      List<CompletableFuture<Answer>> two =
          List.of(
              CompletableFuture.supplyAsync(() -> post(http, huge)),
              CompletableFuture.supplyAsync(() -> post(http, huge)));
      assertThat(post(http, small).status()).isEqualTo(200);
      for (CompletableFuture<Answer> answer : two) {
        assertThat(answer.get().status()).isEqualTo(413);
        assertThat(answer.get().error())
            .contains("8000×8000 pixels", "at most 60,000,000", "--max-pixels");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      String example =
          "{\"signature_name\": \"classify\", \"examples\": [{\"image/encoded\": {\"b64\": \""
              + Base64.getEncoder().encodeToString(bomb)
              + "\"}}]}";
      assertThat(http.post("/v1/models/t:classify", example).status()).isEqualTo(413);
    }
  }

  @Test
  void largeImagesTimeOutWhileOthersAreServed() throws Exception {
    byte[] large = black(3000);
    String heavy = body(Collections.nCopies(400, large));
    ServeSettings settings =
        ServeSettings.defaults()
            .withName("t")
            .withBatches(ServeSettings.defaults().batches().withPixels(9_000_000))
            .withLimits(new ServeLimits(32 << 20, Duration.ofSeconds(6), 100));
    try (ModelServer server = ModelServer.start(model, settings)) {
      Http http = new Http(server.uri());
      long room = server.roomForBodies();
      List<CompletableFuture<Answer>> two =
          List.of(
              CompletableFuture.supplyAsync(() -> post(http, heavy)),
              CompletableFuture.supplyAsync(() -> post(http, heavy)));
      Thread.sleep(500);
      int answered = 0;
      while (!two.get(0).isDone() || !two.get(1).isDone()) {
        assertThat(post(http, small).status()).isEqualTo(200);
        answered++;
      }
      assertThat(answered).isGreaterThan(2);
      for (CompletableFuture<Answer> answer : two) {
        assertThat(answer.get().status()).isEqualTo(504);
      }
      // The work ends with the response, and its memory is released.
      assertThat(post(http, small).status()).isEqualTo(200);
      assertThat(server.roomForBodies()).isEqualTo(room);
    }
  }

  @Test
  void aPredictorRefusesWhatIsTooLargeAndSplitsTheRest() throws IOException {
    PredictorSettings settings = PredictorSettings.defaults().withPixels(500);
    byte[] png = Files.readAllBytes(directory.resolve("small.png"));
    Map<String, TensorValue> three =
        Map.of("image_bytes", TensorValue.ofBytes(List.of(png, png, png)));
    try (Predictor limited = Predictor.open(model, settings);
        Predictor free = Predictor.open(model)) {
      // 240 pixels each: two fit in a run.
      assertThat(limited.call("serving_bytes", three).get("logits").rows()).isEqualTo(3);
      float[] expected = free.call("serving_bytes", three).get("logits").floats();
      float[] actual = limited.call("serving_bytes", three).get("logits").floats();
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-4f));
      }
      assertThatThrownBy(() -> limited.classify(List.of(png, black(30)), 1))
          .isInstanceOf(TooManyPixelsException.class)
          .hasMessageContaining("30×30 pixels in element 1");
    }
  }

  @Test
  void predictSkipsAndNamesUnreadableFiles() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("images"));
    Files.write(folder.resolve("huge.png"), bomb);
    TinyModel.image(folder.resolve("good.png"));
    CommandResult ran = CommandResult.of("predict", model, folder);
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("good.png");
    assertThat(ran.err()).contains("huge.png", "8000×8000 pixels");
    ran = CommandResult.of("predict", model, folder.resolve("huge.png"), "--strict");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("huge.png", "8000×8000 pixels");
    ran = CommandResult.of("predict", model, folder.resolve("huge.png"), "--max-pixels", "64");
    assertThat(ran.exit()).isZero();
    assertThat(CommandResult.of("predict", model, folder, "--max-pixels", "0").exit()).isEqualTo(2);
  }
}
