package dev.recal.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.savedmodels.serving.WarmUp;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks before a version is served, and the effect of a bad version on later ones. */
@Timeout(180)
class VersionsTest {

  private static final ServeSettings SETTINGS =
      ServeSettings.defaults().withPoll(Duration.ofMillis(100));
  private static final String GOLDEN = "assets.extra/golden_outputs.safetensors";

  @TempDir private Path directory;
  private Path model;

  @BeforeEach
  void writeFirst() throws IOException {
    model = directory.resolve("m");
    ScaleModel.write(model.resolve("1"), 1f);
  }

  @Test
  void rejectsVersionThatFailsItsGoldenOutputs() throws Exception {
    Path other = TinyModel.write(directory.resolve("tiny/1"));
    changeGolden(other);
    assertThatThrownBy(() -> ModelServer.start(other.getParent(), SETTINGS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not reproduce its golden outputs")
        .hasMessageContaining("expected at most 1e-05");
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      Files.move(other, model.resolve("2"));
      awaitState(server, 2, "END");
      assertThat(status(server)).contains("golden outputs", state(1, "AVAILABLE"));
      ScaleModel.write(model.resolve("3"), 3f);
      awaitState(server, 3, "AVAILABLE");
    }
  }

  // The outputs, and the digests that would reveal it before anything is run.
  private static void changeGolden(Path version) throws IOException {
    Path file = version.resolve(GOLDEN);
    Map<String, TensorValue> changed = new LinkedHashMap<>();
    Safetensors.read(file)
        .forEach(
            (name, value) -> {
              float[] numbers = value.floats().clone();
              numbers[0] += 0.5f;
              changed.put(name, TensorValue.of(numbers, value.shape().asArray()));
            });
    Files.delete(file);
    Safetensors.write(file, changed, Map.of());
    Path metadata = version.resolve("assets.extra/recal.json");
    JsonObject json = JsonParser.parseString(Files.readString(metadata)).getAsJsonObject();
    json.getAsJsonObject("savedmodel").remove("sha256");
    Files.writeString(metadata, json.toString());
  }

  @Test
  void theWarmUpRequestsInsideAVersionAreRunAndMustSucceed() throws Exception {
    byte[] image = Files.readAllBytes(TinyModel.image(directory.resolve("image.png")));
    Path good = TinyModel.write(directory.resolve("tiny/1"), WarmUp.with(image));
    try (ModelServer server = ModelServer.start(good.getParent(), SETTINGS)) {
      assertThat(status(server, "tiny")).contains(state(1, "AVAILABLE"));
    }
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      // The requests of another model.
      Path other = ScaleModel.write(directory.resolve("other/2"), 2f);
      Files.createDirectories(other.resolve("assets.extra"));
      Files.copy(good.resolve(WarmUp.FILE), other.resolve(WarmUp.FILE));
      Files.move(other, model.resolve("2"));
      awaitState(server, 2, "END");
      assertThat(status(server)).contains("rejects", "warm-up request", state(1, "AVAILABLE"));
    }
  }

  @Test
  void versionBeingCopiedWaitsUntilComplete() throws Exception {
    Path source = ScaleModel.write(directory.resolve("source/2"), 2f);
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      List<Path> files;
      try (Stream<Path> walk = Files.walk(source)) {
        files = walk.filter(Files::isRegularFile).sorted().toList();
      }
      // The graph first, then slowly the rest, so that the server finds it without its variables.
      Path graph = source.resolve("saved_model.pb");
      copy(source, graph);
      Thread.sleep(600);
      assertThat(status(server)).contains(state(2, "LOADING"), state(1, "AVAILABLE"));
      for (Path file : files) {
        copy(source, file);
        for (int i = 0; i < 4; i++) {
          assertThat(status(server)).doesNotContain(state(2, "END"));
          Thread.sleep(100);
        }
      }
      awaitState(server, 2, "AVAILABLE");
    }
  }

  private void copy(Path source, Path file) throws IOException {
    Path target = model.resolve("2").resolve(source.relativize(file));
    Files.createDirectories(target.getParent());
    byte[] bytes = Files.readAllBytes(file);
    // A part of it, for as long as the rest takes.
    Files.write(target, Arrays.copyOf(bytes, bytes.length / 2));
    Files.write(target, bytes);
  }

  @Test
  void nestedGroupsStopNeitherServerNorVersionSearch() throws Exception {
    try (ModelServer server = ModelServer.start(model, SETTINGS)) {
      Path deep = Files.createDirectories(model.resolve("2"));
      Files.write(deep.resolve("saved_model.pb"), nestedGroups(150_000));
      awaitState(server, 2, "END");
      assertThat(status(server)).contains(state(1, "AVAILABLE"));
      ScaleModel.write(model.resolve("3"), 3f);
      awaitState(server, 3, "AVAILABLE");
    }
  }

  // SavedModel.meta_graphs { signature_def { unknown groups in each other } }
  private static byte[] nestedGroups(int depth) {
    byte[] groups = new byte[2 * depth];
    Arrays.fill(groups, 0, depth, (byte) 0x1B);
    Arrays.fill(groups, depth, 2 * depth, (byte) 0x1C);
    return field(2, field(5, groups));
  }

  private static byte[] field(int number, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(number << 3 | 2);
    int length = content.length;
    while (length > 0x7F) {
      bytes.write(length & 0x7F | 0x80);
      length >>>= 7;
    }
    bytes.write(length);
    bytes.writeBytes(content);
    return bytes.toByteArray();
  }

  private static String state(int version, String state) {
    return "\"version\":\"" + version + "\",\"state\":\"" + state + "\"";
  }

  private static String status(ModelServer server) throws Exception {
    return status(server, "m");
  }

  private static String status(ModelServer server, String name) throws Exception {
    return new Http(server.uri()).get("/v1/models/" + name).body();
  }

  private static void awaitState(ModelServer server, int version, String state) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!status(server).contains(state(version, state))) {
      assertThat(System.nanoTime()).as(status(server)).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
