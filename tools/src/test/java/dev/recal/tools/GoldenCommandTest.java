package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cases that are computed by hand: squeeze-excitation of a map of one pixel and one channel. */
class GoldenCommandTest {

  private static final String CASE =
      """
      "%s": {"module": "squeeze-excitation", "reduction": 1, "training": true,
        "file": "%s.safetensors", "output_shape": [1, 1, 1, 1], "parameters": 4}""";

  @TempDir private Path directory;
  private final Map<String, TensorValue> tensors = new LinkedHashMap<>();

  // y = x σ(w₂ relu(w₁ x + b₁) + b₂), with x = 2, w₁ = 1, b₁ = 0, w₂ = 0.5, b₂ = −1: y = 2 σ(0) =
  // 1. dy/dx = σ(0) + x σ'(0) w₂ w₁ = 0.5 + 2 · 0.25 · 0.5 = 0.75; the others also.
  @BeforeEach
  void byHand() {
    map("input/x", 2);
    tensors.put("param/reduce/kernel", TensorValue.of(new float[] {1}, 1, 1));
    tensors.put("param/reduce/bias", TensorValue.of(new float[] {0}, 1));
    tensors.put("param/expand/kernel", TensorValue.of(new float[] {0.5f}, 1, 1));
    tensors.put("param/expand/bias", TensorValue.of(new float[] {-1}, 1));
    map("output", 1);
    map("cotangent", 1);
    map("grad/input/x", 0.75f);
    tensors.put("grad/param/reduce/kernel", TensorValue.of(new float[] {0.5f}, 1, 1));
    tensors.put("grad/param/reduce/bias", TensorValue.of(new float[] {0.25f}, 1));
    tensors.put("grad/param/expand/kernel", TensorValue.of(new float[] {1}, 1, 1));
    tensors.put("grad/param/expand/bias", TensorValue.of(new float[] {0.5f}, 1));
  }

  @Test
  void aRightCasePasses() throws IOException {
    write("right");
    Ran ran = golden("--json");
    assertThat(ran.exit()).isZero();
    JsonObject report = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(report.get("passed").getAsInt()).isEqualTo(1);
    JsonObject first = report.getAsJsonArray("cases").get(0).getAsJsonObject();
    assertThat(first.get("output").getAsDouble()).isLessThan(1e-6);
    assertThat(first.get("gradients").getAsDouble()).isLessThan(1e-6);
    assertThat(first.get("updates").isJsonNull()).isTrue();
  }

  @Test
  void aWrongOutputFails() throws IOException {
    map("output", 1.001f);
    write("wrong");
    Ran ran = golden();
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).contains("wrong: output: the relative error is 1.0e-03");
  }

  @Test
  void aWrongGradientFails() throws IOException {
    tensors.put("grad/param/expand/bias", TensorValue.of(new float[] {0.6f}, 1));
    write("wrong");
    Ran ran = golden();
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).contains("grad/param/expand/bias");
  }

  @Test
  void missingAndMisshapenVariablesAreNamed() throws IOException {
    tensors.remove("param/reduce/bias");
    tensors.put("param/other", TensorValue.of(new float[] {0}, 1));
    tensors.put("param/expand/kernel", TensorValue.of(new float[] {0.5f, 1}, 1, 2));
    write("variables");
    Ran ran = golden();
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out())
        .contains("the layer has reduce/bias, which the file does not have")
        .contains("the file has other, which the layer does not have")
        .contains("variable expand/kernel: expected the layer's shape [1, 1], but got [1, 2]");
  }

  @Test
  void aWrongCountOfParametersFails() throws IOException {
    write("count");
    manifest(CASE.formatted("count", "count").replace("4}", "5}"));
    assertThat(golden().out()).contains("parameters: expected 5, but got 4");
  }

  @Test
  void whatIsNotKnownIsCountedAndNoFailure() throws IOException {
    write("right");
    manifest(
        CASE.formatted("module", "right").replace("squeeze-excitation", "squeeze-exclamation"),
        CASE.formatted("setting", "right").replace("reduction", "reductions"));
    Ran ran = golden();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("0 passed, 0 failed, 2 unknown of 2 cases");
  }

  @Test
  void aLayerOfSeveralInputsIsNotKnown() throws IOException {
    map("input/source", 1);
    write("inputs");
    Ran ran = golden("--json");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("has the inputs source, x");
  }

  @Test
  void oneCaseCanBeChosen() throws IOException {
    write("right");
    manifest(CASE.formatted("right", "right"), CASE.formatted("missing", "missing"));
    assertThat(golden("--case", "right").exit()).isZero();
    Ran all = golden();
    assertThat(all.exit()).isEqualTo(1);
    assertThat(all.out()).contains("missing: There is no safetensors file");
    Ran wrong = golden("--case", "rigth");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("Did you mean 'right'?");
  }

  @Test
  void damagedFilesAreOneSentence() throws IOException {
    assertThat(golden().err()).contains("There is no manifest.json in");
    manifest(CASE.formatted("cut", "cut"));
    Files.write(directory.resolve("cut.safetensors"), new byte[] {1, 2, 3});
    assertThat(golden().out()).contains("is not a valid safetensors file");
    map("output", Float.NaN);
    write("cut");
    assertThat(golden().out())
        .contains("cut.safetensors: expected finite numbers, but got NaN at [0, 0, 0, 0].");
    Files.writeString(directory.resolve("manifest.json"), "{\"a\": ");
    Ran ran = golden();
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err().lines()).hasSize(1);
    assertThat(ran.err()).contains("manifest.json").contains("not JSON");
    Files.writeString(directory.resolve("manifest.json"), "{\"a\": {\"module\": 3}}");
    assertThat(golden().err()).contains("case 'a': module: expected a text, but got 3");
  }

  /** The cases of other people's code, where they lie beside the project. */
  @Test
  void everyPublishedCaseOfAKnownLayerPasses() throws IOException {
    Path published =
        Path.of(Objects.requireNonNullElse(System.getenv("RECAL_GOLDEN"), "../../shared/golden"));
    assumeThat(published.resolve("manifest.json")).exists();
    Ran ran = Ran.of("golden", published, "--json");
    JsonObject report = JsonParser.parseString(ran.out()).getAsJsonObject();
    assertThat(report.get("failed").getAsInt()).as(ran.out()).isZero();
    assertThat(report.get("passed").getAsInt()).isGreaterThanOrEqualTo(38);
    assertThat(ran.exit()).isZero();
  }

  private Ran golden(String... options) {
    Object[] arguments = new Object[2 + options.length];
    arguments[0] = "golden";
    arguments[1] = directory;
    System.arraycopy(options, 0, arguments, 2, options.length);
    return Ran.of(arguments);
  }

  private void map(String name, float value) {
    tensors.put(name, TensorValue.of(new float[] {value}, 1, 1, 1, 1));
  }

  private void write(String name) throws IOException {
    Safetensors.write(directory.resolve(name + ".safetensors"), tensors, Map.of());
    manifest(CASE.formatted(name, name));
  }

  private void manifest(String... cases) throws IOException {
    Files.writeString(directory.resolve("manifest.json"), "{" + String.join(",", cases) + "}");
  }
}
