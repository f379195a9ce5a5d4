package dev.recal.savedmodels.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.savedmodels.ServedNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingFilesTest {

  @TempDir private static Path directory;
  private static Path version;

  @BeforeAll
  static void write() throws IOException {
    try (ServedNetwork network = new ServedNetwork()) {
      version = network.write(SavedModelWriter.plain(), directory.resolve("it's, \"a\" 牛"));
    }
  }

  @Test
  void namesComeFromTheDirectoryAndAppearInUrls() {
    ServingFiles files = ServingFiles.nextTo(version);
    assertThat(files.name()).isEqualTo("it_s___a___");
    assertThat(files.model()).isAbsolute().isEqualTo(version.getParent());
    assertThat(files.named("cows-2.0").name()).isEqualTo("cows-2.0");
    assertThatThrownBy(() -> files.named("a/b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a/b'");
  }

  @Test
  void pathsAreEscapedInTheConfiguration() {
    assertThat(ServingFiles.nextTo(version).models())
        .contains("base_path: \"" + directory)
        .contains("it\\'s, \\\"a\\\" \\347\\211\\233\"");
  }

  @Test
  void editedConfigurationIsKept() throws IOException {
    ServingFiles files = ServingFiles.nextTo(version);
    byte[] image = SampleImage.jpeg(8);
    assertThat(files.write(version, image)).isEmpty();
    assertThat(files.write(version, image)).isEmpty();
    Path batching = files.model().resolve(ServingFiles.BATCHING);
    String changed = files.batching().replace("16", "4");
    Files.writeString(batching, changed);
    assertThat(files.write(version, image)).containsExactly(batching);
    assertThat(batching).content().isEqualTo(changed);
    Files.delete(batching);
    files.write(version, image);
    assertThat(batching).content().isEqualTo(files.batching());
  }

  @Test
  void shellParsesTheCommands() throws Exception {
    ServingFiles files = ServingFiles.nextTo(version);
    SavedModelDescription description = SavedModelReader.describe(version);
    ServerCommands commands = new ServerCommands(files, description);
    assertThat(words(commands.binary()))
        .containsExactly(
            "tensorflow_model_server",
            "--port=8500",
            "--rest_api_port=8501",
            "--model_config_file=" + files.model().resolve("models.config"),
            "--enable_batching",
            "--batching_parameters_file=" + files.model().resolve("batching.config"));
    String quoted = files.model().toString().replace("\"", "\"\"");
    assertThat(words(commands.docker()))
        .contains(
            "type=bind,\"source=" + quoted + "\",\"target=" + quoted + "\",readonly",
            "tensorflow/serving");
    assertThat(words(commands.rest().get(1)))
        .containsExactly(
            "curl",
            "-d",
            "@" + files.model().resolve("requests/predict.json"),
            "http://localhost:8501/v1/models/it_s___a___:predict");
    assertThat(commands.rest()).hasSize(3);
    assertThat(commands.rpc()).hasSize(2);
  }

  @Test
  void requestsHoldTheImage() throws IOException {
    ServingFiles files = ServingFiles.nextTo(version);
    files.write(version, SampleImage.jpeg(8));
    JsonObject predict =
        JsonParser.parseString(Files.readString(files.model().resolve("requests/predict.json")))
            .getAsJsonObject();
    assertThat(predict.get("signature_name").getAsString()).isEqualTo("serving_bytes");
    assertThat(predict.getAsJsonArray("instances")).hasSize(1);
    FileDescriptorSet set =
        FileDescriptorSet.parseFrom(
            Files.readAllBytes(files.model().resolve("requests/prediction_service.protoset")));
    Set<String> known = new HashSet<>();
    set.getFileList()
        .forEach(
            file -> {
              assertThat(known).containsAll(file.getDependencyList());
              known.add(file.getName());
            });
    assertThat(known)
        .contains("tensorflow_serving/apis/prediction_service.proto")
        .contains("tensorflow/core/framework/tensor.proto");
  }

  private static List<String> words(String command) throws Exception {
    Path out = directory.resolve("words.txt");
    Process process =
        new ProcessBuilder("sh", "-c", "printf '%s\\n' " + command)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    return new ArrayList<>(Files.readAllLines(out, StandardCharsets.UTF_8));
  }
}
