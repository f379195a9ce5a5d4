package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command that loads a model rejects a modified one in one sentence. */
class ModelIntegrityTest {

  @TempDir private Path directory;
  private Path model;
  private Path image;

  @BeforeEach
  void write() throws IOException {
    model = TinyModel.write(directory.resolve("tiny"));
    image = TinyModel.image(directory.resolve("image.png"));
  }

  @Test
  void rejectsOneChangedConstant() throws IOException {
    Path file = model.resolve("saved_model.pb");
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, content.replace("catdog", "catcow"), StandardCharsets.ISO_8859_1);
    assertEveryCommandNames("File " + file + " was changed after the model was written");
  }

  @Test
  void rejectsTruncatedLabels() throws IOException {
    Path file = model.resolve("assets.extra/labels.txt");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
    assertEveryCommandNames("File " + file + " was changed after the model was written");
  }

  @Test
  void rejectsNestedGroupsOfMapEntry() throws IOException {
    byte[] groups = new byte[300_000];
    Arrays.fill(groups, 0, 150_000, (byte) 0x7b);
    Arrays.fill(groups, 150_000, 300_000, (byte) 0x7c);
    ByteString bytes = ByteString.copyFrom(groups);
    for (int field : List.of(5, 2)) {
      ByteString.Output output = ByteString.newOutput();
      CodedOutputStream coded = CodedOutputStream.newInstance(output);
      coded.writeBytes(field, bytes);
      coded.flush();
      bytes = output.toByteString();
    }
    Path file = model.resolve("saved_model.pb");
    Files.write(file, bytes.toByteArray());
    assertEveryCommandNames("File " + file + " is damaged: it is not a complete SavedModel.");
  }

  @Test
  void digestsOrTheirAbsenceAreReported() throws IOException {
    assertThat(CommandResult.of("verify", model).out())
        .contains("files: ", "files match their SHA-256 digests", "matches its golden outputs");
    assertThat(CommandResult.of("inspect", model).out())
        .contains("files match their SHA-256 digests");
    assertThat(files(CommandResult.of("inspect", model, "--json")).get("digests").getAsBoolean())
        .isTrue();

    Path metadata = model.resolve("assets.extra/recal.json");
    JsonObject json = JsonParser.parseString(Files.readString(metadata)).getAsJsonObject();
    json.getAsJsonObject("savedmodel").remove("sha256");
    Files.writeString(metadata, json.toString());
    CommandResult verified = CommandResult.of("verify", model);
    assertThat(verified.exit()).isZero();
    assertThat(verified.out()).contains("files: no SHA-256 digests recorded");
    assertThat(files(CommandResult.of("inspect", model, "--json")).get("digests").getAsBoolean())
        .isFalse();
    assertThat(CommandResult.of("predict", model, image).exit()).isZero();
  }

  private static JsonObject files(CommandResult ran) {
    return JsonParser.parseString(ran.out()).getAsJsonObject().getAsJsonObject("files");
  }

  private void assertEveryCommandNames(String sentence) {
    List<Object[]> commands =
        List.of(
            new Object[] {"inspect", model},
            new Object[] {"inspect", model, "--json"},
            new Object[] {"verify", model},
            new Object[] {"predict", model, image},
            new Object[] {
              "run", model, "--input", "image_bytes=@" + image, "--output", directory.resolve("o")
            },
            new Object[] {"explain", model, image, "--out", directory.resolve("explained")},
            new Object[] {"synthesize", "sample", model, "--out", directory.resolve("sampled")});
    for (Object[] command : commands) {
      CommandResult ran = CommandResult.of(command);
      assertThat(ran.exit()).as(Arrays.toString(command) + ran.err()).isEqualTo(1);
      assertThat(ran.err()).startsWith("recal: " + sentence);
      assertThat(ran.err().lines()).hasSize(1);
    }
  }
}
