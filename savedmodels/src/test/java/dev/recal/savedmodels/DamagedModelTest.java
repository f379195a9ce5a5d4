package dev.recal.savedmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of damage is reported in one sentence and does not reach native code. */
class DamagedModelTest {

  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    try (TinyNetwork network = new TinyNetwork()) {
      model =
          new SavedModelWriter(new JsonObject(), TinyNetwork.golden())
              .write(network.servable, network.session, directory.resolve("tiny"));
    }
  }

  @Test
  void aMissingModelIsNamed() throws IOException {
    assertDamaged(directory.resolve("nowhere"), "There is no SavedModel directory");
    assertDamaged(directory.resolve("tiny/2"), "versions next to it: [1].");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertDamaged(empty, "contains neither saved_model.pb nor an integer version");
  }

  @Test
  void fileThatIsNotAModelIsNamedByItsKind() throws IOException {
    byte[] onnx = HexFormat.of().parseHex("0807120770796f72636831");
    assertDamaged(
        Files.write(directory.resolve("model.onnx"), onnx),
        "model.onnx is an ONNX model, but a SavedModel is a directory: convert it");
    assertDamaged(
        Files.writeString(directory.resolve("notes.txt"), "notes"),
        "notes.txt is not a SavedModel, which is a directory with saved_model.pb.");
    assertDamaged(
        model.resolve("saved_model.pb"),
        "saved_model.pb is the graph of a SavedModel, but a SavedModel is a directory: give");
  }

  @Test
  void truncatedGraphIsReported() throws IOException {
    cut("saved_model.pb");
    assertDamaged(model, "saved_model.pb is damaged");
    Files.write(model.resolve("saved_model.pb"), new byte[0]);
    assertDamaged(model, "saved_model.pb is damaged: it contains no graph.");
  }

  @Test
  void missingVariableFilesAreNamed() throws IOException {
    Files.delete(model.resolve("variables/variables.data-00000-of-00001"));
    assertDamaged(
        model, "is missing its file " + model.resolve("variables/variables.data-00000-of-00001"));
    Files.delete(model.resolve("variables/variables.index"));
    assertDamaged(model, "variables/variables.index is missing");
  }

  @Test
  void rejectsTruncatedVariableFiles() throws IOException {
    String data = "variables/variables.data-00000-of-00001";
    long whole = Files.size(model.resolve(data));
    cut(data);
    assertDamaged(model, data + " has " + whole / 2 + " bytes, but its index needs " + whole + ".");
  }

  @Test
  void rejectsTruncatedIndex() throws IOException {
    cut("variables/variables.index");
    assertDamaged(model, "variables.index is not a checkpoint index");
  }

  @Test
  void checksumDetectsChangedWeights() throws IOException {
    Path file = model.resolve("variables/variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(file);
    bytes[100] ^= 1;
    Files.write(file, bytes);
    assertDamaged(model, "variables.data-00000-of-00001 was changed after the model was written");
    RecordedDigests.remove(model);
    assertDamaged(model, "cannot be loaded");
  }

  @Test
  void damagedExtrasAreNamed() throws IOException {
    cut("assets.extra/golden_outputs.safetensors");
    assertDamaged(model, "golden_outputs.safetensors was changed after the model was written");
    RecordedDigests.remove(model);
    assertThatThrownBy(() -> Verification.of(model))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("golden_outputs.safetensors is not a valid safetensors file");
    Files.writeString(model.resolve("assets.extra/recal.json"), "[1]");
    assertDamaged(model, "recal.json: expected a JSON object");
  }

  @Test
  void verificationDetectsChangedOutput() throws IOException {
    Path file = model.resolve("assets.extra/golden_outputs.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 2] ^= 0x20;
    Files.write(file, bytes);
    assertDamaged(model, "golden_outputs.safetensors was changed after the model was written");
    RecordedDigests.remove(model);
    assertThat(Verification.of(model).worst()).isGreaterThan(Verification.TOLERANCE);
  }

  private void cut(String name) throws IOException {
    Path file = model.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private static void assertDamaged(Path model, String message) {
    assertThatThrownBy(() -> Predictor.open(model).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }
}
