package dev.recal.tools.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.detection.StoredDetector;
import dev.recal.models.weights.TensorFile;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import dev.recal.tools.CommandResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of detectors are imported and exported like those of networks. */
class DetectorWeightsTest {

  private static final String COMMON =
      "'conventions': 'torchvision', 'classes': 2, 'backbone': {'preset': 'resnet18', 'channels': 8},"
          + " 'pyramid': {'channels': 8, ";
  private static final String MASKS =
      "{'type': 'mask-rcnn', "
          + COMMON
          + "'finest': 4}, 'proposals': {'channels': 8}, 'stages': [{'boxes': {'features': 8},"
          + " 'masks': {'channels': 8, 'convolutions': 1}}]}";
  private static final String RETINA =
      "{'type': 'retina-net', "
          + COMMON
          + "'finest': 8, 'top': 'of-output'}, 'head': {'channels': 8, 'convolutions': 1}}";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "true, roi_heads.box_head.fc6.weight, 8, 392",
    "false, head.classification_head.cls_logits.weight, 18, 8"
  })
  void roundTripUnderTorchvisionsNamesKeepsWeights(
      boolean masks, String tensor, long rows, long columns) throws IOException {
    Path detector = detector(masks ? MASKS : RETINA);
    Path random = random(detector);
    Path file = directory.resolve("torchvision.safetensors");
    succeeds("export-weights", random, "--names", "torchvision", "--out", file);
    Map<String, TensorValue> tensors = Safetensors.read(file);
    assertThat(tensors)
        .containsKeys("backbone.body.layer4.1.conv2.weight", "backbone.fpn.layer_blocks.0.0.bias");
    assertThat(tensors.get(tensor).shape().asArray()).startsWith(rows, columns);

    Path back = directory.resolve("back");
    assertThat(succeeds("import", detector, file, "--out", back))
        .contains("Names of torchvision: ")
        .doesNotContain("Next: ");
    assertThat(values(back)).isEqualTo(values(random));
    StoredDetector stored = StoredDetector.open(back);
    assertThat(stored.labels()).containsExactly("0", "1");
    assertThat(stored.description().detector())
        .isEqualTo(StoredDetector.open(random).description().detector());
    assertThat(stored.description().origin())
        .isEqualTo("imported from torchvision.safetensors with the names of torchvision");
  }

  @Test
  void anotherNumberOfClassesNeedsNewHeads() throws IOException {
    Path detector = detector(MASKS);
    Path random = random(detector);
    Path more = directory.resolve("more");
    CommandResult refused = imports(detector, random, "--classes", 5, "--out", more);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("--new-head");
    succeeds("import", detector, random, "--classes", 5, "--new-head", "--out", more);
    assertThat(StoredDetector.open(more).labels()).hasSize(5);
    Map<String, Integer> before = values(random);
    Map<String, Integer> after = values(more);
    assertThat(after.get("box/fc6/kernel")).isEqualTo(before.get("box/fc6/kernel"));
    assertThat(after.keySet()).isEqualTo(before.keySet());
  }

  // An import that allows every tensor to be missing creates random weights.
  private Path random(Path detector) throws IOException {
    Path nothing = directory.resolve("nothing.safetensors");
    Safetensors.write(nothing, Map.of(), Map.of());
    Path random = directory.resolve("random");
    succeeds(
        "import", detector, nothing, "--allow-missing", "*", "--names", "recal", "--out", random);
    return random;
  }

  private Path detector(String json) throws IOException {
    Path file = directory.resolve("detector.json");
    Files.writeString(file, json.replace('\'', '"'), StandardCharsets.UTF_8);
    return file;
  }

  private static CommandResult imports(Path detector, Path weights, Object... options) {
    Object[] words = new Object[options.length + 3];
    words[0] = "import";
    words[1] = detector;
    words[2] = weights;
    System.arraycopy(options, 0, words, 3, options.length);
    return CommandResult.of(words);
  }

  private static String succeeds(Object... words) {
    CommandResult result = CommandResult.of(words);
    assertThat(result.exit()).as(result.err()).isZero();
    return result.out();
  }

  private static Map<String, Integer> values(Path stored) throws IOException {
    Map<String, Integer> digests = new TreeMap<>();
    try (TensorFile file = TensorFile.open(stored)) {
      for (String name : file.tensors().keySet()) {
        digests.put(name, Arrays.hashCode(file.floats(name)));
      }
    }
    return digests;
  }
}
