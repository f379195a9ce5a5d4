package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

/** A loaded model equals the written one. */
class FileDigestsTest {

  private static final String ADDED = "assets.extra/tf_serving_warmup_requests";

  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    try (TinyNetwork network = new TinyNetwork()) {
      model =
          new SavedModelWriter(new JsonObject(), TinyNetwork.golden())
              .write(
                  network.servable,
                  network.session,
                  directory.resolve("tiny"),
                  inside -> Files.writeString(inside.resolve(ADDED), "requests"));
    }
  }

  @Test
  void everyFileIsRecorded() throws IOException {
    FileIntegrity files = SavedModelReader.describe(model).integrity();
    assertThat(files.recorded()).isTrue();
    assertThat(files.verified())
        .contains(
            "saved_model.pb",
            "fingerprint.pb",
            "variables/variables.index",
            "variables/variables.data-00000-of-00001",
            "assets.extra/labels.txt",
            "assets.extra/golden_inputs.safetensors",
            "assets.extra/golden_outputs.safetensors",
            "assets.extra/recal.json",
            ADDED);
    assertThat(files.added()).isEmpty();
    Verification verification = Verification.of(model);
    assertThat(verification.passed()).isTrue();
    assertThat(verification.files()).isEqualTo(files);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "saved_model.pb",
        "variables/variables.data-00000-of-00001",
        "assets.extra/labels.txt",
        "assets.extra/golden_inputs.safetensors",
        "assets.extra/golden_outputs.safetensors",
        "assets.extra/recal.json",
        "fingerprint.pb",
        ADDED
      })
  void changedByteIsRejectedNamingItsFile(String name) throws IOException {
    Path file = model.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    int position = name.endsWith("recal.json") ? indexOf(bytes, "tolerance") : bytes.length - 3;
    bytes[position] ^= 1;
    Files.write(file, bytes);
    if (name.equals("saved_model.pb")) {
      // The last bytes of the file may not be those of a complete message any more.
      assertRefused("saved_model.pb");
    } else {
      assertRefused("File " + file + " was changed after the model was written");
    }
  }

  @Test
  void rejectsOneChangedConstant() throws IOException {
    changeLabel("dog", "cow");
    assertRefused(
        "File " + model.resolve("saved_model.pb") + " was changed after the model was written");
  }

  @Test
  void rejectsTruncatedLabels() throws IOException {
    Path labels = model.resolve("assets.extra/labels.txt");
    byte[] bytes = Files.readAllBytes(labels);
    Files.write(labels, Arrays.copyOf(bytes, bytes.length - 4));
    assertRefused("File " + labels + " was changed after the model was written");
  }

  @Test
  void missingFileIsNamed() throws IOException {
    Files.delete(model.resolve(ADDED));
    assertRefused("File " + model.resolve(ADDED) + " is missing");
  }

  @Test
  void addedFilesAreReportedUnlessLoadingReadsThem() throws IOException {
    Files.writeString(model.resolve("notes.md"), "trained on Monday");
    Files.writeString(model.resolve(".DS_Store"), "");
    FileIntegrity files = SavedModelReader.describe(model).integrity();
    assertThat(files.added()).containsExactly("notes.md");
    assertThat(files.text()).endsWith("9 files match their SHA-256 digests; added since: notes.md");
    Files.writeString(model.resolve("variables/variables.data-00001-of-00002"), "");
    assertRefused("does not belong to the model: it was added after the model was written.");
  }

  @Test
  void modelWithoutDigestsIsLoadedWithANote() throws IOException {
    RecordedDigests.remove(model);
    changeLabel("dog", "cow");
    try (Predictor predictor = Predictor.open(model)) {
      assertThat(predictor.description().labels()).containsExactly("cat", "cow", "größte Kuh");
      FileIntegrity files = predictor.description().integrity();
      assertThat(files.recorded()).isFalse();
      assertThat(files.text()).startsWith("no SHA-256 digests recorded");
    }
    FileIntegrity foreign =
        SavedModelReader.describe(PythonModels.resource("vocabulary")).integrity();
    assertThat(foreign.recorded()).isFalse();
  }

  @Test
  void classNamesMatchTheGraph() throws IOException {
    RecordedDigests.remove(model);
    Files.writeString(model.resolve("assets.extra/labels.txt"), "x\ny\nz\n");
    assertThat(SavedModelReader.describe(model).labels()).isEqualTo(TinyNetwork.LABELS);
    Files.delete(model.resolve("assets.extra/labels.txt"));
    assertThat(SavedModelReader.describe(model).labels()).isEqualTo(TinyNetwork.LABELS);
    try (Predictor predictor = Predictor.open(model)) {
      Map<String, TensorValue> answer =
          predictor.call("serving_default", Map.of("images", TinyNetwork.images(1, 3)));
      assertThat(answer).containsKey("logits");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"saved_model.pb\": 3}",
        "{\"saved_model.pb\": \"abc\"}",
        "{\"../../saved_model.pb\": \"HEX\", \"saved_model.pb\": \"HEX\"}",
        "{\"/etc/passwd\": \"HEX\"}",
        "{\"a//b\": \"HEX\"}",
        "{\"saved_model.pb\": \"HEX\"}",
        "{\"assets.extra/recal.json\": \"HEX\"}"
      })
  void recordsThatAreNotDigestsAreDamage(String digests) throws IOException {
    Path file = model.resolve("assets.extra/recal.json");
    String json = digests.replace("HEX", "ab".repeat(32));
    Files.writeString(file, "{\"savedmodel\": {\"sha256\": " + json + "}}");
    assertRefused("File " + file + " is damaged: 'savedmodel.sha256' does not list");
  }

  private void changeLabel(String from, String to) throws IOException {
    Path file = model.resolve("saved_model.pb");
    SavedModel.Builder builder = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    for (NodeDef.Builder node :
        builder.getMetaGraphsBuilder(0).getGraphDefBuilder().getNodeBuilderList()) {
      String content =
          node.getAttrOrDefault("value", Attributes.text(""))
              .getTensor()
              .getTensorContent()
              .toString(StandardCharsets.ISO_8859_1);
      if (content.contains(from)) {
        var value = node.getAttrOrThrow("value").toBuilder();
        value
            .getTensorBuilder()
            .setTensorContent(
                ByteString.copyFrom(content.replace(from, to), StandardCharsets.ISO_8859_1));
        node.putAttr("value", value.build());
      }
    }
    Files.write(file, builder.build().toByteArray());
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private void assertRefused(String message) {
    for (OpenedBy opening : OpenedBy.values()) {
      assertThatThrownBy(() -> opening.open(model))
          .as(opening.toString())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(message)
          .message()
          .endsWith(".")
          .doesNotContain("\n");
    }
  }

  private enum OpenedBy {
    PREDICTOR,
    VERIFICATION,
    DESCRIPTION,
    CONTENTS;

    void open(Path model) throws IOException {
      switch (this) {
        case PREDICTOR -> Predictor.open(model).close();
        case VERIFICATION -> Verification.of(model);
        case DESCRIPTION -> SavedModelReader.describe(model);
        case CONTENTS -> SavedModelReader.contents(model, Set.of());
      }
    }
  }
}
