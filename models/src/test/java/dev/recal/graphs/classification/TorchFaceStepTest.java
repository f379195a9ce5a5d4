package dev.recal.graphs.classification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.models.TorchScript;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole training step of a MobileFaceNet with an ArcFace head compared with its equations in
 * PyTorch in double precision ({@code interop/torch_faces.py}): the loss, the new momenta, which
 * contain gradients and decay, the new weights and statistics. Runs where the environment variable
 * {@code RECAL_TORCH_PYTHON} names an interpreter with torch and safetensors.
 */
@Tag("slow")
class TorchFaceStepTest {

  private static final double TOLERANCE = 1e-5;
  private static final String FAR = "far";
  private static final String MOMENTUM = "momentum:";

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> takesTheSameStep() throws Exception {
    // With the second margin many angles are so wide that it would pass π.
    List<FaceStepCase> cases = List.of(new FaceStepCase(0.5f, 64), new FaceStepCase(1.2f, 16));
    TorchScript script = TorchScript.find("torch_faces.py", directory);
    Stream<DynamicTest> tests = script.steps(cases, TorchFaceStepTest::compare);
    assertThat(Safetensors.read(script.answer(1)).get(FAR).doubles()[0]).isGreaterThan(0);
    return tests;
  }

  private static void compare(Map<String, double[]> ours, Map<String, TensorValue> answer) {
    Map<String, double[]> theirs = new TreeMap<>();
    answer.forEach((name, value) -> theirs.put(name, value.doubles()));
    theirs.remove(FAR);
    assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(theirs.keySet());
    double momentum =
        Math.sqrt(
            theirs.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(MOMENTUM))
                .mapToDouble(entry -> Math.pow(norm(entry.getValue()), 2))
                .sum());
    Map<String, Double> errors = new TreeMap<>();
    theirs.forEach(
        (name, expected) -> {
          double[] found = ours.get(name);
          assertThat(found).as(name).hasSameSizeAs(expected);
          double[] difference = new double[found.length];
          for (int i = 0; i < found.length; i++) {
            difference[i] = found[i] - expected[i];
          }
          double scale = name.startsWith(MOMENTUM) ? momentum : norm(expected);
          errors.put(name, norm(difference) / scale);
        });
    errors.values().removeIf(error -> error <= TOLERANCE);
    assertThat(errors).isEmpty();
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
