package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.models.TorchScript;
import dev.recal.savedmodels.tensor.TensorValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole training step with each loss compared with PyTorch in double precision ({@code
 * interop/torch_losses.py}): the loss, the new momenta, which contain gradients and decay, and the
 * new weights. Runs where the environment variable {@code RECAL_TORCH_PYTHON} names an interpreter
 * with torchvision and safetensors.
 */
@Tag("slow")
class TorchLossStepTest {

  private static final double TOLERANCE = 2e-5;

  @TempDir Path directory;

  private static LossStepCase of(
      String loss, Map<String, String> settings, Map<String, String> more, String... overrides) {
    StringBuilder json = new StringBuilder("training.loss={\"type\": \"" + loss + "\"");
    settings.forEach((name, value) -> json.append(", \"" + name + "\": " + value));
    List<String> all = new ArrayList<>(List.of(json + "}"));
    all.addAll(List.of(overrides));
    Map<String, String> metadata = new LinkedHashMap<>(Map.of("loss", loss));
    metadata.putAll(settings);
    metadata.putAll(more);
    return new LossStepCase(all, metadata);
  }

  private static List<LossStepCase> cases() {
    Map<String, String> weights = Map.of("weights", "2.0,0.5,1.0,3.0");
    Map<String, String> none = Map.of();
    return List.of(
        of("cross-entropy", none, none),
        of("cross-entropy", none, Map.of("smoothing", "0.1"), "training.labelSmoothing=0.1"),
        of("cross-entropy", none, weights),
        of("focal", Map.of("gamma", "2.0", "alpha", "0.25"), none),
        of("focal", Map.of("gamma", "0.5", "alpha", "1.0"), weights),
        of(
            "focal",
            Map.of("gamma", "3.0", "alpha", "1.0"),
            Map.of("smoothing", "0.2"),
            "training.labelSmoothing=0.2"),
        of("binary-cross-entropy", Map.of("positiveWeight", "1.0"), none),
        of(
            "binary-cross-entropy",
            Map.of("positiveWeight", "4.0"),
            Map.of("smoothing", "0.1"),
            "training.labelSmoothing=0.1"),
        of("binary-focal", Map.of("gamma", "2.0", "alpha", "0.25"), none),
        of("squared-error", none, none),
        of("absolute-error", none, none),
        of("huber", Map.of("delta", "0.7"), none));
  }

  @TestFactory
  Stream<DynamicTest> takesTheSameStep() throws Exception {
    List<LossStepCase> cases = cases();
    TorchScript script = TorchScript.find("torch_losses.py", directory);
    return script.steps(cases, TorchLossStepTest::compare);
  }

  private static void compare(Map<String, double[]> ours, Map<String, TensorValue> theirs) {
    assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(theirs.keySet());
    Map<String, Double> errors = new TreeMap<>();
    theirs.forEach(
        (name, value) -> {
          double[] expected = value.doubles();
          double[] found = ours.get(name);
          assertThat(found).as(name).hasSameSizeAs(expected);
          double squares = 0;
          double differences = 0;
          for (int i = 0; i < expected.length; i++) {
            squares += expected[i] * expected[i];
            differences += Math.pow(found[i] - expected[i], 2);
          }
          errors.put(name, Math.sqrt(differences / squares));
        });
    errors.values().removeIf(error -> error <= TOLERANCE);
    assertThat(errors).isEmpty();
  }
}
