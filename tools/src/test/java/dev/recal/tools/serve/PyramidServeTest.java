package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.models.export.ServingExport;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.proto.PredictRequest;
import dev.recal.savedmodels.serving.PredictionCalls;
import dev.recal.savedmodels.serving.PredictionMessages;
import dev.recal.savedmodels.serving.TensorMessages;
import dev.recal.savedmodels.serving.WarmUp;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.TinyPyramid;
import dev.recal.tools.serve.Http.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pyramid behind the server: its signatures, most of them of scalars, its files and its page. */
@Timeout(180)
class PyramidServeTest {

  private static final String GENERATE =
      "\"seed\": %d, \"count\": %d, \"height\": %d, \"width\": %d, \"start_scale\": %d";

  @TempDir private static Path directory;
  private static Path version;
  private static ModelServer server;
  private static Http http;

  @BeforeAll
  static void start() throws IOException {
    version = TinyPyramid.write(directory.resolve("tiny"), ServingExport.warmUpOfOne());
    server = ModelServer.start(version, ServeSettings.defaults().withName("tiny"));
    http = new Http(server.uri());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Answer call(String signature, String inputs) throws Exception {
    return http.post(
        "/v1/models/tiny:predict",
        "{\"signature_name\": \"" + signature + "\", \"inputs\": {" + inputs + "}}");
  }

  @Test
  void everySignatureAnswers() throws Exception {
    Answer made = call("generate", GENERATE.formatted(3, 2, 12, 10, 0));
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    assertThat(shape(made.json().getAsJsonArray("outputs"))).isEqualTo("2×12×10");
    byte[] file = file(call("generate_bytes", GENERATE.formatted(3, 1, 12, 10, 0)));
    JsonObject rebuilt = call("reconstruct", "\"amplitude\": 1").json().getAsJsonObject("outputs");
    assertThat(shape(rebuilt.getAsJsonArray("images"))).isEqualTo("1×20×16");
    file(call("reconstruct_bytes", "\"amplitude\": 1"));

    String images = "\"images\": " + made.json().getAsJsonArray("outputs") + ", \"seed\": 1, ";
    Answer refined = call("refine", images + "\"start_scale\": 1");
    assertThat(shape(refined.json().getAsJsonArray("outputs"))).isEqualTo("2×12×10");
    Answer large = call("enlarge", images + "\"factor\": 1.5");
    assertThat(shape(large.json().getAsJsonArray("outputs"))).isEqualTo("2×18×15");
    String bytes = "[{\"b64\": \"" + Base64.getEncoder().encodeToString(file) + "\"}]";
    file(call("refine_bytes", "\"image_bytes\": " + bytes + ", \"seed\": 1, \"start_scale\": 1"));

    // The only signature with rows.
    String row = "{\"noise0\": " + zeros(9, 8, 1) + ", \"noise1\": " + zeros(12, 10, 3) + "}";
    Answer rows =
        http.post("/v1/models/tiny:predict", "{\"instances\": [" + row + ", " + row + "]}");
    JsonArray predictions = rows.json().getAsJsonArray("predictions");
    assertThat(shape(predictions)).isEqualTo("2×12×10");
    assertThat(predictions.get(0)).isEqualTo(predictions.get(1));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 20, 16, 2, 'start_scale: expected from 0 to 1, but got 2.'",
    "0, 20, 16, 0, 'count: expected at least 1, but got 0.'",
    "3, 2000, 1000, 0, 'expected at most 1048576 pixels in all, but got 3, 2000, 1000.'"
  })
  void rejectsNumbersOutOfRange(int count, int height, int width, int start, String error)
      throws Exception {
    Answer answer = call("generate_bytes", GENERATE.formatted(1, count, height, width, start));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).endsWith(error);
  }

  @Test
  void rejectsSizesOfNoPixelsAndRowsOfScalars() throws Exception {
    String image = "\"images\": [" + zeros(4, 4, 3) + "], \"seed\": 1, \"factor\": ";
    assertThat(call("enlarge", image + "0").error())
        .endsWith("factor: expected images of at least one pixel, but got 0.");
    assertThat(call("enlarge", image + "-2").status()).isEqualTo(400);
    assertThat(call("enlarge", image + "1e30").status()).isEqualTo(400);
    assertThat(call("enlarge", image + "2000").error()).contains("expected at most 1048576 pixels");
    Answer rows =
        http.post(
            "/v1/models/tiny:predict",
            "{\"signature_name\": \"generate\", \"instances\": [{"
                + GENERATE.formatted(1, 1, 4, 4, 0)
                + "}]}");
    assertThat(rows.status()).isEqualTo(400);
    assertThat(rows.error()).contains("takes shape []");
  }

  @Test
  void servingFilesHoldTheGoldenInputs() throws Exception {
    assertThat(WarmUp.read(version.resolve(WarmUp.FILE)))
        .extracting(log -> log.getPredictLog().getRequest().getModelSpec().getSignatureName())
        .containsExactly("generate", "generate_bytes", "reconstruct", "reconstruct_bytes");
    ServingExport export = ServingExport.finish(version, "tiny");
    assertThat(export.commands().rest()).hasSize(2);
    Path requests = version.getParent().resolve("requests");
    String body = Files.readString(requests.resolve("predict.json"));
    file(http.post("/v1/models/tiny:predict", body));
    JsonObject inputs =
        JsonParser.parseString(Files.readString(requests.resolve("predict-grpc.json")))
            .getAsJsonObject()
            .getAsJsonObject("inputs");
    assertThat(inputs.get("seed"))
        .hasToString("{\"dtype\":\"DT_INT64\",\"tensorShape\":{\"dim\":[]},\"int64Val\":[\"7\"]}");
    assertThat(inputs.getAsJsonObject("height").get("intVal")).hasToString("[20]");
  }

  @Test
  void messagesAreAnswered() throws IOException {
    Map<String, TensorValue> inputs = new TreeMap<>();
    inputs.put("seed", TensorValue.of(new long[] {1L << 60}, new long[0]));
    inputs.put("start_scale", TinyPyramid.scalar(1));
    inputs.put("count", TinyPyramid.scalar(2));
    inputs.put("height", TinyPyramid.scalar(9));
    inputs.put("width", TinyPyramid.scalar(31));
    PredictRequest request = PredictionMessages.predict("tiny", "generate", inputs);
    try (Predictor predictor = Predictor.open(version)) {
      TensorValue images =
          TensorMessages.read(
              PredictionCalls.predict(predictor, request).getOutputsOrThrow("images"));
      assertThat(images.shape().asArray()).containsExactly(2, 9, 31, 3);
    }
    assertThat(SavedModelReader.describe(version).signatures()).hasSize(9);
  }

  @Test
  void thePageShowsScales() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "There is no Chromium here.");
    try (Browser browser = new Browser(program.get(), directory.resolve("profile"))) {
      browser.resize(1000, 900, false);
      browser.open(server.uri());
      browser.await("document.getElementById('generated')?.naturalWidth === 16");
      assertThat(browser.evaluate("document.getElementById('rebuilt').naturalHeight"))
          .isEqualTo("20");
      assertThat(browser.evaluate("document.getElementById('drop').hidden")).isEqualTo("true");
      assertThat(browser.evaluate("document.getElementById('start').max")).isEqualTo("1");
      browser.evaluate(set("start", 1) + set("made-width", 24));
      browser.await("document.getElementById('generated').naturalWidth === 24");
      assertThat(browser.evaluate("document.getElementById('generated').alt"))
          .isEqualTo("Image of seed 1 from scale 1 on");
      assertThat(browser.evaluate("document.getElementById('start-note').textContent"))
          .isEqualTo(
              "The layout of the training image at 12×15 is kept; only the finest scale is random.");
      browser.evaluate("document.getElementById('another').click()");
      browser.await("document.getElementById('generated').alt.startsWith('Image of seed 2 ')");
      save("page-pyramid.png", browser.screenshot());
      browser.resize(390, 844, true);
      save("page-pyramid-phone.png", browser.screenshot());
      assertThat(browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
          .isEqualTo("true");
      assertThat(browser.complaints()).isEmpty();

      browser.evaluate(set("made-width", 200_000));
      browser.await("document.getElementById('message').className === 'error'");
      assertThat(browser.evaluate("document.getElementById('message').textContent"))
          .contains("expected at most 1048576 pixels in all, but got 1, 20, 200000.");
    }
  }

  // As a user's change does.
  private static String set(String field, int value) {
    return "document.getElementById('%s').value = %d;".formatted(field, value)
        + "document.getElementById('%s').dispatchEvent(".formatted(field)
        + "new Event('input', {bubbles: true}));";
  }

  private static byte[] file(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    JsonArray files = answer.json().getAsJsonArray("outputs");
    assertThat(files).hasSize(1);
    String text = files.get(0).getAsJsonObject().get("b64").getAsString();
    byte[] bytes = Base64.getDecoder().decode(text);
    assertThat(bytes).startsWith(0x89, 'P', 'N', 'G');
    return bytes;
  }

  private static String shape(JsonArray images) {
    JsonArray rows = images.get(0).getAsJsonArray();
    return images.size() + "×" + rows.size() + "×" + rows.get(0).getAsJsonArray().size();
  }

  private static String zeros(int height, int width, int channels) {
    String pixel = Collections.nCopies(channels, 0).toString();
    return Collections.nCopies(height, Collections.nCopies(width, pixel).toString()).toString();
  }

  private static void save(String name, byte[] picture) throws IOException {
    String target = System.getenv("RECAL_SCREENSHOTS");
    if (target != null) {
      Files.write(Files.createDirectories(Path.of(target)).resolve(name), picture);
    }
  }
}
