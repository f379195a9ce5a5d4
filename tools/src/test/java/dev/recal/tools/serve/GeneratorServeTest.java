package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.tools.TinyGenerator;
import dev.recal.tools.serve.Http.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A generator behind the server: its REST responses, and the page that requests images. */
@Timeout(180)
class GeneratorServeTest {

  @TempDir private static Path directory;
  private static Path model;
  private static ModelServer server;

  @BeforeAll
  static void start() throws IOException {
    model = TinyGenerator.write(directory.resolve("tiny"));
    server = ModelServer.start(model, ServeSettings.defaults().withName("tiny"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void seedReturnsFilesAndNumbers() throws Exception {
    Http http = new Http(server.uri());
    Answer files =
        http.post(
            "/v1/models/tiny:predict",
            "{\"signature_name\": \"generate_seeded_bytes\", \"inputs\": {\"seed\": 3, \"count\":"
                + " 2}}");
    assertThat(files.status()).isEqualTo(200);
    JsonArray found = files.json().getAsJsonArray("outputs");
    Map<String, TensorValue> asked =
        Map.of(
            "seed", TensorValue.of(new long[] {3}, new long[0]),
            "count", TensorValue.of(new int[] {2}, new long[0]));
    try (Predictor predictor = Predictor.open(model)) {
      byte[][] expected =
          predictor.call("generate_seeded_bytes", asked).get("image_bytes").byteStrings();
      assertThat(found).hasSize(2);
      for (int i = 0; i < 2; i++) {
        String text = found.get(i).getAsJsonObject().get("b64").getAsString();
        assertThat(Base64.getDecoder().decode(text)).isEqualTo(expected[i]);
      }
    }
    Answer numbers =
        http.post(
            "/v1/models/tiny:predict",
            "{\"signature_name\": \"generate_seeded\", \"inputs\": {\"seed\": 3, \"count\": 1}}");
    JsonArray image = numbers.json().getAsJsonArray("outputs").get(0).getAsJsonArray();
    assertThat(image).hasSize(TinyGenerator.SIZE);

    Answer many =
        http.post(
            "/v1/models/tiny:predict",
            "{\"signature_name\": \"generate_seeded\", \"inputs\": {\"seed\": 3, \"count\":"
                + " 100000000}}");
    assertThat(many.status()).isEqualTo(400);
    assertThat(many.body()).contains("count: expected from 1 to 4096");
  }

  @Test
  void thePageMakesImages() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "There is no Chromium here.");
    try (Browser browser = new Browser(program.get(), directory.resolve("profile"))) {
      browser.resize(1000, 700, false);
      browser.open(server.uri());
      browser.await("document.querySelectorAll('#made img').length === 8");
      assertThat(browser.evaluate("document.getElementById('drop').hidden")).isEqualTo("true");
      assertThat(browser.evaluate("document.getElementById('message').textContent"))
          .startsWith("8 images in ");
      save("page-generator.png", browser.screenshot());
      String first = browser.evaluate("document.querySelector('#made img').src");
      browser.evaluate("document.getElementById('next').click()");
      browser.await("document.querySelector('#made img')?.alt === 'image 0 of seed 2'");
      assertThat(browser.evaluate("document.querySelector('#made img').src")).isNotEqualTo(first);

      browser.evaluate("document.getElementById('count').value = 100000");
      browser.evaluate("document.getElementById('order').requestSubmit()");
      browser.await("document.getElementById('message').className === 'error'");
      assertThat(browser.evaluate("document.getElementById('message').textContent"))
          .contains("count: expected from 1 to 4096");
      assertThat(browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
          .isEqualTo("true");
    }
  }

  private static void save(String name, byte[] picture) throws IOException {
    String target = System.getenv("RECAL_SCREENSHOTS");
    if (target != null) {
      Files.write(Files.createDirectories(Path.of(target)).resolve(name), picture);
    }
  }
}
