package dev.recal.tools.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionGoldenTest {

  @TempDir private Path directory;

  /** The cases of torchvision, if present beside the project. */
  @Test
  void everyPublishedCasePasses() throws IOException {
    Path published =
        Path.of(
            Objects.requireNonNullElse(
                System.getenv("RECAL_GOLDEN_DETECTION"), "../../shared/golden-detection"));
    assumeThat(published.resolve("manifest.json")).exists();
    List<GoldenResult> results =
        GoldenManifest.read(published).stream()
            .filter(golden -> golden.name().matches("roi-align.*|nms"))
            .map(GoldenRunner::run)
            .toList();
    assertThat(results).hasSize(5);
    for (GoldenResult result : results) {
      assertThat(result.problems()).as(result.golden().name()).isEmpty();
      assertThat(result.status()).isEqualTo(GoldenResult.Status.PASSED);
    }
  }

  // A region of one bin in the middle of four pixels is their mean, and its gradient ¼ each.
  @Test
  void regionsByHandPassAndWrongOnesFail() throws IOException {
    Map<String, TensorValue> tensors = new LinkedHashMap<>();
    tensors.put("map", TensorValue.of(new float[] {1, 2, 3, 6}, 1, 2, 2, 1));
    tensors.put("boxes", TensorValue.of(new float[] {4, 4, 12, 12}, 1, 4));
    tensors.put("batch", TensorValue.of(new int[] {0}, 1));
    tensors.put("cotangent", TensorValue.of(new float[] {1}, 1, 1, 1, 1));
    tensors.put("output", TensorValue.of(new float[] {3}, 1, 1, 1, 1));
    tensors.put("grad/map", TensorValue.of(new float[] {.25f, .25f, .25f, .25f}, 1, 2, 2, 1));
    assertThat(run(tensors).status()).isEqualTo(GoldenResult.Status.PASSED);

    tensors.put("output", TensorValue.of(new float[] {3.01f}, 1, 1, 1, 1));
    assertThat(run(tensors).problems())
        .hasSize(3)
        .allMatch(problem -> problem.startsWith("output"));

    tensors.put("cotangent", TensorValue.of(new float[] {1, 2}, 2));
    assertThat(run(tensors).problems().get(0)).startsWith("cotangent: expected shape");

    tensors.remove("batch");
    assertThat(run(tensors).problems().get(0)).contains("has no tensor 'batch'");
  }

  @Test
  void suppressionByHandPassesAndAWrongOrderFails() throws IOException {
    Files.writeString(
        directory.resolve("manifest.json"),
        "{\"n\": {\"kind\": \"class-wise-nms\", \"threshold\": 0.5}}");
    String json =
        "{\"boxes\": [[0, 0, 9, 9], [0, 0, 9, 8], [0, 0, 9, 9]], \"scores\": [0.2, 0.9, 0.3],"
            + " \"classes\": [0, 0, 1], \"kept\": [1, 2]}";
    Files.writeString(directory.resolve("n.json"), json);
    assertThat(only().status()).isEqualTo(GoldenResult.Status.PASSED);

    Files.writeString(directory.resolve("n.json"), json.replace("[1, 2]", "[2, 1]"));
    assertThat(only().problems())
        .containsExactly("kept: expected box 2 at position 0, but got box 1.");

    Files.writeString(directory.resolve("n.json"), "[]");
    assertThat(only().problems().get(0)).contains("n.json").contains("expected a JSON object");
  }

  private GoldenResult run(Map<String, TensorValue> tensors) throws IOException {
    Safetensors.write(directory.resolve("r.safetensors"), tensors, Map.of());
    Files.writeString(
        directory.resolve("manifest.json"),
        "{\"r\": {\"kind\": \"roi-align\", \"spatial_scale\": 0.125, \"size\": 1,"
            + " \"sampling_ratio\": 1, \"aligned\": true}}");
    return only();
  }

  private GoldenResult only() throws IOException {
    return GoldenRunner.run(GoldenManifest.read(directory).get(0));
  }
}
