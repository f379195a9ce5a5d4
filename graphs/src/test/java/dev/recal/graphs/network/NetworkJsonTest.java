package dev.recal.graphs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks in files: earlier formats are read, and settings are flat. */
class NetworkJsonTest {

  private static JsonObject earlier() throws IOException {
    try (InputStream stream = NetworkJsonTest.class.getResourceAsStream("earlier-networks.json")) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return JsonRecords.parse(text).getAsJsonObject();
    }
  }

  static Stream<String> earlierNames() throws IOException {
    return earlier().keySet().stream();
  }

  private static Network read(String text) {
    return Networks.json().read(JsonRecords.parse(text), Network.class);
  }

  @ParameterizedTest
  @MethodSource("earlierNames")
  void readsEarlierFiles(String name) throws IOException {
    JsonObject json = earlier().getAsJsonObject(name);
    Network network = Networks.json().read(json, Network.class);
    assertThat(network).isEqualTo(Networks.named(name));
    JsonObject written = Networks.json().write(network, Network.class).getAsJsonObject();
    JsonObject known = written.deepCopy();
    // DRConv had no choice of first values.
    if (known.has("pointwise")) {
      known.getAsJsonObject("pointwise").remove("equalStart");
    }
    json.entrySet()
        .forEach(member -> assertThat(known.get(member.getKey())).isEqualTo(member.getValue()));
    // Only ResNets had fusion.
    Set<String> keys = new TreeSet<>(json.keySet());
    keys.add("fusion");
    assertThat(new TreeSet<>(written.keySet())).isEqualTo(keys);
  }

  @Test
  void absentSharedSettingsUseFamilyDefaults() {
    assertThat(read("\"mobilenetv2\"")).isEqualTo(MobileNetV2.defaults());
    assertThat(read("{\"type\": \"mobilenetv2\", \"width\": 2, \"fusion\": \"naive\"}"))
        .isEqualTo(MobileNetV2.defaults().with().width(2).fusion(Fusion.NAIVE).build());
    assertThat(read("{\"type\": \"mobilefacenet\", \"channels\": 16}").classes()).isEqualTo(10_575);
  }

  @Test
  void rejectedFileIsNamed(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("network.json");
    Files.writeString(file, "{\"type\": \"densenet\", \"widht\": 2}");
    assertThatThrownBy(() -> NetworkJson.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("File " + file + ": widht: there is no such key.");
    Files.writeString(file, "\"resnet21-cifar\"");
    assertThatThrownBy(() -> NetworkJson.read(file))
        .hasMessageStartingWith("File " + file + ": name: there is no network 'resnet21-cifar'.");
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> read("{\"type\": \"densenet\", \"widht\": 2}"))
        .hasMessageStartingWith("widht: there is no such key. Did you mean 'width'?");
    assertThatThrownBy(() -> read("{\"type\": \"densenet\", \"settings\": {}}"))
        .hasMessageStartingWith("settings: there is no such key.");
  }

  @Test
  void aFileIsNamed(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("n.json"), "{\"preset\": \"resnet20-cifar\"}");
    assertThat(NetworkJson.read(file)).isEqualTo(Networks.named("resnet20-cifar"));
    Files.writeString(file, "{\"preset\": \"resnet20-cifar\", \"widht\": 2}");
    assertThatThrownBy(() -> NetworkJson.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("File " + file + ": widht: there is no such key.");
    Files.writeString(file, "{\"preset\": resnet20}");
    assertThatThrownBy(() -> NetworkJson.read(file))
        .hasMessage(
            "File "
                + file
                + ", line 1, column 12: this is not JSON: expected a value, but got 'resnet20'.");
    assertThatThrownBy(() -> read("{\"type\": \"densenet\", \"dropout\": 1}"))
        .hasMessageEndingWith("dropout: expected from 0 to less than 1, but got 1.0.");
  }
}
