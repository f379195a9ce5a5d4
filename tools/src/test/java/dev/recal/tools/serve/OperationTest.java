package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.recal.tools.serve.Http.Answer;
import dev.recal.tools.serve.log.AccessLogSettings;
import dev.recal.tools.serve.model.ModelSettings;
import dev.recal.tools.serve.model.VersionPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees: probes, metrics, several models, the access log, compressed bodies. */
@Timeout(120)
class OperationTest {

  private static final ServeSettings SETTINGS =
      ServeSettings.defaults()
          .withPoll(Duration.ofMillis(100))
          .withLimits(new ServeLimits(64 << 10, Duration.ofSeconds(20), 100));
  private static final String ROWS = "{\"instances\": [[1, 2], [3, 4]]}";

  @TempDir private Path directory;

  private static String body(Http http, String path) {
    try {
      return http.get(path).body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readinessFollowsLoadingAndStopping() throws Exception {
    Path model = ScaleModel.write(directory.resolve("m/1"), 2f).getParent();
    ServeSettings settings =
        SETTINGS.withOperation(OperationSettings.defaults().withDrain(Duration.ofSeconds(1)));
    ModelServer server = ModelServer.listen(settings);
    Http http = new Http(server.uri());
    assertThat(http.get("/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
    Answer loading = http.get("/readyz");
    assertThat(loading.status()).isEqualTo(503);
    assertThat(loading.body())
        .isEqualTo("{\"status\":\"not ready\",\"reason\":\"The models are being loaded.\"}");
    assertThat(http.post("/v1/models/m:predict", ROWS).status()).isEqualTo(404);
    server.load(List.of(ModelSettings.latest("", model)));
    assertThat(http.get("/readyz").status()).isEqualTo(200);

    CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
    Waiting.until(() -> body(http, "/readyz").contains("The server is stopping."));
    // Until load balancers have seen that, requests are answered.
    assertThat(http.post("/v1/models/m:predict", ROWS).status()).isEqualTo(200);
    stop.join();
  }

  @Test
  void severalModelsAreServedWithLabelsAndReloaded() throws Exception {
    ScaleModel.write(directory.resolve("a/1"), 1f);
    ScaleModel.write(directory.resolve("b/1"), 2f);
    ScaleModel.write(directory.resolve("b/2"), 3f);
    Path file = directory.resolve("models.config");
    String both =
        "model_config_list { config { name: 'a' base_path: 'a' }\nconfig { name: 'b' base_path:"
            + " 'b' model_version_policy { all {} } version_labels { key: 'stable' value: 1 } } }";
    Files.writeString(file, both);
    try (ModelServer server = ModelServer.startAll(file, SETTINGS)) {
      Http http = new Http(server.uri());
      assertThat(http.post("/v1/models/a:predict", ROWS).body()).contains("[1.0,2.0]");
      assertThat(http.post("/v1/models/b:predict", ROWS).body()).contains("[3.0,6.0]");
      Waiting.until(
          () -> body(http, "/v1/models/b").contains("\"version\":\"1\",\"state\":\"AVAILABLE\""));
      assertThat(http.post("/v1/models/b/versions/1:predict", ROWS).body()).contains("[2.0,4.0]");
      assertThat(http.post("/v1/models/b/labels/stable:predict", ROWS).body())
          .contains("[2.0,4.0]");
      assertThat(http.get("/v1/models/b/labels/stable").body())
          .contains("\"version\":\"1\"")
          .doesNotContain("\"version\":\"2\"");
      assertThat(http.get("/v1/models/b/labels/none").error())
          .isEqualTo("Unrecognized servable version label: none");
      JsonObject listed = http.get("/v1/models").json();
      assertThat(listed.getAsJsonArray("models")).hasSize(2);
      assertThat(listed.getAsJsonArray("models").get(1).toString())
          .startsWith("{\"name\":\"b\",\"ready\":true,\"version_labels\":{\"stable\":\"1\"},");
      JsonObject page = http.get("/recal/model?name=b").json();
      assertThat(page.get("name").getAsString()).isEqualTo("b");
      assertThat(page.get("models").toString()).isEqualTo("[\"a\",\"b\"]");

      // An error changes nothing; then a label moves, a model leaves, and another one comes.
      Files.writeString(file, "model_config_list { config { nane: 'a' } }");
      Thread.sleep(300);
      assertThat(http.post("/v1/models/a:predict", ROWS).status()).isEqualTo(200);
      Files.writeString(
          file,
          both.replace("name: 'a' base_path: 'a'", "name: 'c' base_path: 'a'")
              .replace("value: 1", "value: 2"));
      Waiting.until(() -> body(http, "/v1/models").contains("\"name\":\"c\",\"ready\":true"));
      Waiting.until(() -> body(http, "/v1/models").contains("{\"stable\":\"2\"}"));
      assertThat(http.post("/v1/models/c:predict", ROWS).status()).isEqualTo(200);
      assertThat(http.post("/v1/models/a:predict", ROWS).status()).isEqualTo(404);
      assertThat(http.post("/v1/models/b/labels/stable:predict", ROWS).body())
          .contains("[3.0,6.0]");
    }
  }

  @Test
  void onlyTheVersionsOfThePolicyAreServed() throws Exception {
    for (int version = 1; version <= 3; version++) {
      ScaleModel.write(directory.resolve("m/" + version), version);
    }
    ModelSettings settings =
        new ModelSettings("m", directory.resolve("m"), VersionPolicy.latest(2), Map.of());
    try (ModelServer server = ModelServer.listen(SETTINGS)) {
      server.load(List.of(settings));
      Http http = new Http(server.uri());
      Waiting.until(
          () -> body(http, "/v1/models/m").contains("\"version\":\"2\",\"state\":\"AVAILABLE\""));
      assertThat(http.post("/v1/models/m/versions/2:predict", ROWS).body()).contains("[2.0,4.0]");
      assertThat(http.post("/v1/models/m/versions/1:predict", ROWS).status()).isEqualTo(404);
      ScaleModel.write(directory.resolve("m/4"), 4f);
      Waiting.until(
          () -> !body(http, "/v1/models/m").contains("\"version\":\"2\",\"state\":\"AVAIL"));
      assertThat(http.post("/v1/models/m:predict", ROWS).body()).contains("[4.0,8.0]");
      assertThat(http.post("/v1/models/m/versions/3:predict", ROWS).body()).contains("[3.0,6.0]");
    }
  }

  @Test
  void metricsCountRequestsBatchesAndLoads() throws Exception {
    Path model = ScaleModel.write(directory.resolve("m/7"), 2f).getParent();
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      Http http = new Http(server.uri());
      http.post("/v1/models/m:predict", ROWS);
      http.post("/v1/models/m:predict", "{\"instances\": [[1");
      http.post("/v1/models/other:predict", ROWS);
      http.post("/v1/models/m:predict", "x".repeat(65 << 10));
      String path = "/monitoring/prometheus/metrics";
      Waiting.until(
          () -> body(http, path).contains("recal_serving_batch_rows_count{model=\"m\"} 1"));
      Answer answer = http.get(path);
      assertThat(answer.type()).startsWith("text/plain; version=0.0.4");
      MetricsText metrics = new MetricsText(answer.body());
      assertThat(metrics.value(":tensorflow:serving:request_count{model_name=\"m\",status=\"OK\"}"))
          .isEqualTo(1);
      assertThat(
              metrics.value(
                  ":tensorflow:serving:request_count{model_name=\"m\",status=\"INVALID_ARGUMENT\"}"))
          .isEqualTo(1);
      assertThat(
              metrics.value(
                  ":tensorflow:serving:request_latency_count{API=\"predict\",entrypoint=\"REST\",model_name=\"m\"}"))
          .isEqualTo(2);
      assertThat(metrics.samples())
          .containsKey(
              ":tensorflow:serving:request_latency_bucket{API=\"predict\",entrypoint=\"REST\",model_name=\"m\",le=\"18.0\"}")
          .doesNotContainKey("model_name=\"other\"");
      assertThat(
              metrics.value(
                  "recal_serving_requests_total{entrypoint=\"REST\",model=\"m\",signature=\"serving_default\",status=\"OK\",version=\"7\"}"))
          .isEqualTo(1);
      assertThat(metrics.value(":tensorflow:serving:request_example_count_total{model=\"m\"}"))
          .isEqualTo(2);
      for (String reason : List.of("json", "not_found", "body_size")) {
        assertThat(
                metrics.value("recal_serving_rejected_requests_total{reason=\"" + reason + "\"}"))
            .isEqualTo(1);
      }
      assertThat(metrics.value("recal_serving_batch_rows_sum{model=\"m\"}")).isEqualTo(2);
      assertThat(metrics.value("recal_serving_queue_length{model=\"m\"}")).isZero();
      assertThat(metrics.value("recal_serving_model_load_seconds{model=\"m\",version=\"7\"}"))
          .isPositive();
      assertThat(metrics.value("recal_serving_in_flight_requests{entrypoint=\"REST\"}"))
          .isEqualTo(1);
      assertThat(metrics.value("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
      assertThat(metrics.value("recal_serving_ready")).isEqualTo(1);
      assertThat(answer.body()).doesNotContain("other");
    }
  }

  @Test
  void bodiesMayBeCompressedWithinTheLimit() throws Exception {
    Path model = ScaleModel.write(directory.resolve("m/1"), 2f).getParent();
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      URI uri = server.uri().resolve("/v1/models/m:predict");
      HttpClient client = HttpClient.newHttpClient();
      HttpResponse<byte[]> small =
          client.send(
              zipped(uri, ROWS.getBytes(StandardCharsets.UTF_8)), BodyHandlers.ofByteArray());
      assertThat(new String(small.body(), StandardCharsets.UTF_8))
          .isEqualTo("{\"predictions\":[[2.0,4.0],[6.0,8.0]]}");
      long before = server.roomForBodies();
      // A megabyte of blanks takes a kilobyte.
      byte[] bomb = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      HttpResponse<String> refused = client.send(zipped(uri, bomb), BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(413);
      assertThat(refused.body()).contains("The decompressed request body is larger than 65536");
      HttpRequest torn =
          HttpRequest.newBuilder(uri)
              .header("Content-Encoding", "gzip")
              .POST(BodyPublishers.ofString(ROWS))
              .build();
      assertThat(client.send(torn, BodyHandlers.ofString()).statusCode()).isEqualTo(400);
      Waiting.until(() -> server.roomForBodies() == before);

      HttpRequest openApi =
          HttpRequest.newBuilder(server.uri().resolve("/openapi.json"))
              .header("Accept-Encoding", "br;q=1, gzip")
              .build();
      HttpResponse<byte[]> response = client.send(openApi, BodyHandlers.ofByteArray());
      assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
      byte[] plain = new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes();
      assertThat(new String(plain, StandardCharsets.UTF_8)).startsWith("{\"openapi\":\"3.1.0\"");
    }
  }

  private static HttpRequest zipped(URI uri, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream stream = new GZIPOutputStream(bytes)) {
      stream.write(body);
    }
    return HttpRequest.newBuilder(uri)
        .header("Content-Encoding", "gzip")
        .POST(BodyPublishers.ofByteArray(bytes.toByteArray()))
        .build();
  }

  @Test
  void accessLogHasALineForEachRequest() throws Exception {
    Path model = ScaleModel.write(directory.resolve("m/1"), 2f).getParent();
    Path json = directory.resolve("access.json");
    Path text = directory.resolve("access.log");
    for (Path file : List.of(json, text)) {
      AccessLogSettings log =
          new AccessLogSettings(
              Optional.of(file),
              file == json ? AccessLogSettings.Format.JSON : AccessLogSettings.Format.TEXT);
      ServeSettings settings =
          SETTINGS.withOperation(OperationSettings.defaults().withAccessLog(log));
      try (ModelServer server = ModelServer.start(model, settings)) {
        Http http = new Http(server.uri());
        http.post("/v1/models/m:predict", ROWS);
        http.get("/no%22such%20page");
      }
    }
    List<String> lines = Files.readAllLines(json);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .contains(
            "\"protocol\":\"REST\",\"method\":\"POST\",\"path\":\"/v1/models/m:predict\",\"status\":\"200\"",
            "\"bytes_in\":31,\"bytes_out\":37,\"model\":\"m\",\"version\":1,\"signature\":\"serving_default\",\"rows\":2}");
    assertThat(lines.get(1)).contains("\"status\":\"404\"", "\"reason\":\"not_found\"");
    lines = Files.readAllLines(text);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .matches(
            "\\S+Z \\S+ REST POST /v1/models/m:predict 200 [0-9.]+ms in=31 out=37 model=m version=1"
                + " signature=serving_default rows=2");
    assertThat(lines.get(1)).contains(" GET /no%22such%20page 404 ", "reason=not_found");
  }
}
