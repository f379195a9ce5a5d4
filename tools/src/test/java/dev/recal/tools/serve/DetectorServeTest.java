package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.TinyDetector;
import dev.recal.tools.serve.Http.Answer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A detector behind the server: its REST responses, and the page that draws objects. */
@Timeout(180)
class DetectorServeTest {

  private static final String PREDICT = "/v1/models/tiny:predict";
  private static final int BODY = 300_000;

  @TempDir private static Path directory;
  private static Path model;
  private static byte[] scene;
  private static byte[] large;
  private static ModelServer server;

  @BeforeAll
  static void start() throws IOException {
    model = TinyDetector.write(directory.resolve("tiny"));
    scene = Files.readAllBytes(TinyDetector.image(directory.resolve("scene.png"), 0));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(100, 101, BufferedImage.TYPE_BYTE_BINARY), "png", bytes);
    large = bytes.toByteArray();
    ServeSettings settings =
        ServeSettings.defaults()
            .withName("tiny")
            .withBatches(ServeSettings.defaults().batches().withPixels(10_000))
            .withLimits(new ServeLimits(BODY, Duration.ofSeconds(60), 10));
    server = ModelServer.start(model, settings);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String b64(byte[] file) {
    return "{\"b64\": \"" + Base64.getEncoder().encodeToString(file) + "\"}";
  }

  private static Answer files(String kind, String value) throws Exception {
    String body = "{\"signature_name\": \"detect_bytes\", \"" + kind + "\": " + value + "}";
    return new Http(server.uri()).post(PREDICT, body);
  }

  @Test
  void filesAreAnsweredInRowsAndInColumns() throws Exception {
    Answer rows = files("instances", "[" + b64(scene) + ", {\"image_bytes\": " + b64(scene) + "}]");
    assertThat(rows.status()).as(rows.body()).isEqualTo(400);
    rows = files("instances", "[" + b64(scene) + ", " + b64(scene) + "]");
    assertThat(rows.status()).as(rows.body()).isEqualTo(200);
    JsonArray predictions = rows.json().getAsJsonArray("predictions");
    assertThat(predictions).hasSize(2);
    Answer columns = files("inputs", "{\"image_bytes\": [" + b64(scene) + "]}");
    assertThat(columns.status()).as(columns.body()).isEqualTo(200);
    JsonObject outputs = columns.json().getAsJsonObject("outputs");
    assertThat(outputs.keySet())
        .containsExactlyInAnyOrder(
            "detection_boxes",
            "detection_classes",
            "detection_scores",
            "num_detections",
            "detection_masks");
    float[] expected;
    try (Predictor predictor = Predictor.open(model)) {
      Map<String, TensorValue> input = Map.of("image_bytes", TensorValue.ofBytes(List.of(scene)));
      expected = predictor.call("detect_bytes", input).get("detection_scores").floats();
    }
    JsonArray row = predictions.get(1).getAsJsonObject().getAsJsonArray("detection_scores");
    JsonArray column = outputs.getAsJsonArray("detection_scores").get(0).getAsJsonArray();
    for (int i = 0; i < expected.length; i++) {
      assertThat(row.get(i).getAsFloat()).isCloseTo(expected[i], within(1e-3f));
      assertThat(column.get(i).getAsFloat()).isCloseTo(expected[i], within(1e-3f));
    }
    assertThat(expected[0]).isGreaterThan(0.05f);
  }

  @Test
  void pixelsOfAnySizeAreAnswered() throws Exception {
    String row = "[" + "[0.5, 0.25, 1], ".repeat(39) + "[0, 0, 0]]";
    String image = "[" + (row + ", ").repeat(32) + row + "]";
    Http http = new Http(server.uri());
    Answer inputs =
        http.post(
            PREDICT, "{\"signature_name\": \"detect\", \"inputs\": {\"images\": [" + image + "]}}");
    assertThat(inputs.status()).as(inputs.body()).isEqualTo(200);
    assertThat(inputs.json().getAsJsonObject("outputs").getAsJsonArray("num_detections"))
        .hasSize(1);
    Answer instances = http.post(PREDICT, "{\"instances\": [" + image + "]}");
    assertThat(instances.status()).as(instances.body()).isEqualTo(200);
    assertThat(instances.json().getAsJsonArray("predictions").get(0).getAsJsonObject().keySet())
        .contains("detection_boxes");
  }

  @Test
  void unusableAndOversizedRequestsAreRefused() throws Exception {
    Answer note = files("instances", "[" + b64("no image".getBytes(StandardCharsets.UTF_8)) + "]");
    assertThat(note.status()).isEqualTo(400);
    assertThat(note.error()).contains("signature 'detect_bytes' cannot be computed from them");
    Answer pixels = files("instances", "[" + b64(scene) + ", " + b64(large) + "]");
    assertThat(pixels.status()).isEqualTo(413);
    assertThat(pixels.error()).contains("100×101 pixels", "at most 10,000");
    Answer body = files("instances", "[" + b64(new byte[BODY]) + "]");
    assertThat(body.status()).isEqualTo(413);
    assertThat(files("instances", "[" + b64(scene) + "]").status()).isEqualTo(200);
  }

  private static final String DROP =
      """
      (() => {
        const bytes = Uint8Array.from(atob('%s'), c => c.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], '%s', {type: 'image/png'}));
        document.getElementById('drop').dispatchEvent(
          new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true}));
        return '';
      })()
      """;

  private static final String SLIDE =
      """
      (() => {
        const slider = document.getElementById('least');
        slider.value = '%s';
        slider.dispatchEvent(new Event('input', {bubbles: true}));
        return document.getElementById('object-count').textContent;
      })()
      """;

  private static final String PICTURE = "document.getElementById('scene').toDataURL()";
  private static final String ITEMS = "document.querySelectorAll('#objects li').length";

  @Test
  void thePageDrawsTheObjectsOfADroppedImage() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "There is no Chromium here.");
    try (Browser browser = new Browser(program.get(), directory.resolve("profile"))) {
      browser.resize(1000, 800, false);
      browser.open(server.uri());
      browser.await("document.getElementById('about')?.textContent");
      browser.evaluate(DROP.formatted(Base64.getEncoder().encodeToString(scene), "scene.png"));
      browser.await("!document.getElementById('found').hidden");
      // An untrained model is not sure of anything.
      assertThat(browser.evaluate("document.getElementById('object-count').textContent"))
          .startsWith("No object of 0.50 or more; the highest score is 0.");
      assertThat(browser.evaluate("document.getElementById('scene-text').textContent"))
          .isEqualTo("scene.png, 80×48");
      assertThat(browser.evaluate("document.getElementById('answer').hidden")).isEqualTo("true");
      String plain = browser.evaluate(PICTURE);

      assertThat(browser.evaluate(SLIDE.formatted("0"))).matches("(\\d+) of \\1 objects");
      String all = browser.evaluate(PICTURE);
      assertThat(all).isNotEqualTo(plain);
      int count = Integer.parseInt(browser.evaluate(ITEMS));
      assertThat(count).isGreaterThan(1);
      assertThat(browser.evaluate("document.getElementById('objects').innerText"))
          .containsAnyOf("disc", "ring", "square", "star", "triangle");
      browser.evaluate("document.querySelector('#objects button').focus()");
      assertThat(browser.evaluate(PICTURE)).isNotIn(plain, all);
      browser.evaluate("document.querySelector('#objects button').blur()");
      assertThat(browser.evaluate(PICTURE)).isEqualTo(all);
      assertFits(browser);
      save("page-detector.png", browser.screenshot());
      browser.resize(390, 844, true);
      assertFits(browser);
      save("page-detector-phone.png", browser.screenshot());
      assertThat(browser.evaluate(SLIDE.formatted("1"))).startsWith("No object of 1.00 or more");
      assertThat(browser.evaluate(PICTURE)).isEqualTo(plain);
      assertThat(browser.complaints()).isEmpty();

      browser.evaluate(DROP.formatted(Base64.getEncoder().encodeToString(large), "large.png"));
      browser.await("document.getElementById('message').className === 'error'");
      assertThat(browser.evaluate("document.getElementById('message').textContent"))
          .contains("100×101 pixels");
      assertThat(browser.evaluate("document.getElementById('found').hidden")).isEqualTo("true");
    }
  }

  private static void assertFits(Browser browser) {
    assertThat(browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
        .as("nothing is wider than the window")
        .isEqualTo("true");
  }

  private static void save(String name, byte[] picture) throws IOException {
    String target = System.getenv("RECAL_SCREENSHOTS");
    if (target != null) {
      Files.write(Files.createDirectories(Path.of(target)).resolve(name), picture);
    }
  }
}
