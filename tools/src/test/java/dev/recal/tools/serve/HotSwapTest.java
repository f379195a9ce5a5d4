package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.tools.serve.Http.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions that are added, removed and broken while requests run. */
@Timeout(180)
class HotSwapTest {

  private static final String BODY = "{\"instances\": [[1, %d]]}";
  private static final ServeSettings SETTINGS =
      ServeSettings.defaults().withPoll(Duration.ofMillis(50));

  @TempDir private Path directory;
  private Path model;

  @BeforeEach
  void writeFirst() throws IOException {
    model = directory.resolve("m");
    ScaleModel.write(model.resolve("1"), 1f);
  }

  @Test
  void higherVersionReplacesOldUnderLoadWithoutFailures() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(4);
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      AtomicBoolean done = new AtomicBoolean();
      List<Future<List<Float>>> streams = new ArrayList<>();
      for (int client = 0; client < 4; client++) {
        int own = client + 1;
        streams.add(clients.submit(() -> ask(new Http(server.uri()), own, done)));
      }
      for (int version = 2; version <= 4; version++) {
        ScaleModel.write(model.resolve(Integer.toString(version)), version);
        awaitStatus(server, "\"version\":\"" + version + "\",\"state\":\"AVAILABLE\"");
      }
      Thread.sleep(200);
      done.set(true);
      for (Future<List<Float>> stream : streams) {
        // The scale that each request got: it never decreases, and ends with the last version.
        List<Float> scales = stream.get();
        assertThat(scales).isSorted().allMatch(scale -> scale == Math.rint(scale));
        assertThat(scales.get(scales.size() - 1)).isEqualTo(4f);
      }
      awaitStatus(server, "\"version\":\"1\",\"state\":\"END\"");
      Answer removed =
          new Http(server.uri()).post("/v1/models/m/versions/1:predict", BODY.formatted(1));
      assertThat(removed.status()).isEqualTo(404);
      assertThat(removed.error()).isEqualTo("Servable not found for request: Specific(m, 1)");
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void brokenVersionIsReportedAndOldOneKeepsServing() throws Exception {
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      Path broken = Files.createDirectories(model.resolve("2"));
      Files.write(broken.resolve("saved_model.pb"), new byte[] {1, 2, 3});
      awaitStatus(
          server, "\"version\":\"2\",\"state\":\"END\",\"status\":{\"error_code\":\"UNKNOWN");
      assertThat(status(server))
          .contains("is damaged", "\"version\":\"1\",\"state\":\"AVAILABLE\"");
      assertThat(scale(server)).isEqualTo(1f);
      // Once repaired, it is tried again.
      delete(broken);
      ScaleModel.write(broken, 2f);
      awaitStatus(server, "\"version\":\"2\",\"state\":\"AVAILABLE\"");
      assertThat(scale(server)).isEqualTo(2f);
    }
  }

  @Test
  void removedVersionFallsBackAndRemovedModelKeepsServing() throws Exception {
    ScaleModel.write(model.resolve("2"), 2f);
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      assertThat(scale(server)).isEqualTo(2f);
      delete(model.resolve("2"));
      awaitStatus(server, "\"version\":\"1\",\"state\":\"AVAILABLE\"");
      assertThat(scale(server)).isEqualTo(1f);
      delete(model);
      Thread.sleep(300);
      assertThat(scale(server)).isEqualTo(1f);
      assertThat(status(server)).contains("\"version\":\"1\",\"state\":\"AVAILABLE\"");
      ScaleModel.write(model.resolve("3"), 3f);
      awaitStatus(server, "\"version\":\"3\",\"state\":\"AVAILABLE\"");
    }
  }

  @Test
  void oneVersionByItselfIsServedUnderItsModelsName() throws Exception {
    try (ModelServer server = ModelServer.start(model.resolve("1"), SETTINGS)) {
      assertThat(scale(server)).isEqualTo(1f);
      assertThat(status(server)).contains("\"version\":\"1\"");
    }
  }

  @Test
  void rejectsDirectoryWithoutModel() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(() -> ModelServer.start(empty, SETTINGS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a SavedModel");
    Path broken = Files.createDirectories(directory.resolve("broken/1"));
    Files.write(broken.resolve("saved_model.pb"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> ModelServer.start(broken.getParent(), SETTINGS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is damaged");
  }

  private static List<Float> ask(Http http, int own, AtomicBoolean done) throws Exception {
    List<Float> scales = new ArrayList<>();
    while (!done.get()) {
      Answer answer = http.post("/v1/models/m:predict", BODY.formatted(own));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      var row = answer.json().getAsJsonArray("predictions").get(0).getAsJsonArray();
      assertThat(row.get(1).getAsFloat()).isEqualTo(own * row.get(0).getAsFloat());
      scales.add(row.get(0).getAsFloat());
    }
    return scales;
  }

  private static float scale(ModelServer server) throws Exception {
    Answer answer = new Http(server.uri()).post("/v1/models/m:predict", BODY.formatted(1));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().getAsJsonArray("predictions").get(0).getAsJsonArray().get(0).getAsFloat();
  }

  private static String status(ModelServer server) throws Exception {
    return new Http(server.uri()).get("/v1/models/m").body();
  }

  private static void awaitStatus(ModelServer server, String part) throws Exception {
    await(() -> status(server).contains(part), () -> part + " in " + status(server));
  }

  private static void await(Callable<Boolean> condition, Callable<String> what) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what.call()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
