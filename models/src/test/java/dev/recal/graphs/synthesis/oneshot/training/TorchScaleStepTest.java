package dev.recal.graphs.synthesis.oneshot.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.graphs.synthesis.oneshot.SinGan.Modulation;
import dev.recal.models.TorchScript;
import dev.recal.savedmodels.tensor.TensorValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole training step of a scale compared with its equations in PyTorch in double precision
 * ({@code interop/torch_singan.py}): losses, penalties, gradients, new weights and statistics. Runs
 * where the environment variable {@code RECAL_TORCH_PYTHON} names an interpreter with torch and
 * safetensors.
 */
class TorchScaleStepTest {

  private static final double LOSSES = 1e-5;
  private static final double GRADIENTS = 1e-4;
  private static final double WEIGHTS = 1e-5;

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> takesTheSameStep() throws Exception {
    return tests(
        List.of(
            new ScaleStepCase(Modulation.NONE, 0, 3),
            new ScaleStepCase(Modulation.SLIM, 1, 3),
            new ScaleStepCase(Modulation.NONE, 1, 1)));
  }

  @TestFactory
  @Tag("slow")
  Stream<DynamicTest> takesTheSameStepAtWiderScales() throws Exception {
    return tests(
        List.of(
            new ScaleStepCase(Modulation.SLIM, 4, 3),
            new ScaleStepCase(Modulation.NONE, 4, 3),
            new ScaleStepCase(Modulation.SLIM, 8, 3)));
  }

  private Stream<DynamicTest> tests(List<ScaleStepCase> cases) throws Exception {
    TorchScript script = TorchScript.find("torch_singan.py", directory);
    return script.steps(cases, TorchScaleStepTest::compare);
  }

  private static void compare(Map<String, double[]> ours, Map<String, TensorValue> answer) {
    Map<String, double[]> theirs = new TreeMap<>();
    answer.forEach((name, value) -> theirs.put(name, value.doubles()));
    // Ours are scalars with their weights.
    spread(theirs, "critic_losses", 1);
    spread(theirs, "penalties", 0.1);
    spread(theirs, "reconstructions", 10);
    assertThat(ours.keySet()).containsAll(theirs.keySet());
    double criticNorm = norm(theirs, "gradient:");
    double generatorNorm = norm(theirs, "gradient_generator:");
    theirs.forEach(
        (name, expected) -> {
          double[] found = ours.get(name);
          assertThat(found).as(name).hasSameSizeAs(expected);
          double allowed;
          if (name.startsWith("gradient:")) {
            allowed = GRADIENTS * criticNorm;
          } else if (name.startsWith("gradient_generator:")) {
            allowed = GRADIENTS * generatorNorm;
          } else {
            double bound = (name.contains("/") ? WEIGHTS : LOSSES) * Math.max(1, largest(expected));
            assertThat(largest(difference(found, expected))).as(name).isLessThanOrEqualTo(bound);
            return;
          }
          // A value near 0 on the other side of the leaky ReLU changes a few entries by more.
          double apart = norm(difference(found, expected));
          assertThat(apart).as(name).isLessThanOrEqualTo(allowed);
        });
  }

  private static double norm(Map<String, double[]> values, String prefix) {
    double squares = 0;
    for (Map.Entry<String, double[]> entry : values.entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        squares += Math.pow(norm(entry.getValue()), 2);
      }
    }
    return Math.sqrt(squares);
  }

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  private static void spread(Map<String, double[]> values, String name, double weight) {
    double[] all = values.remove(name);
    for (int i = 0; i < all.length; i++) {
      values.put(name + i, new double[] {all[i] * weight});
    }
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      // A NaN must not pass.
      largest = Double.isNaN(value) ? value : Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double[] difference(double[] ours, double[] theirs) {
    double[] difference = new double[ours.length];
    for (int i = 0; i < ours.length; i++) {
      difference[i] = ours[i] - theirs[i];
    }
    return difference;
  }
}
