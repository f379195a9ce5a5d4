package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** Compares the results of a training step with PyTorch's. */
final class StepComparison {

  private static final double TOLERANCE = 1e-4;
  // Adam's rate in all cases, and how many weights may move into opposite directions.
  private static final double RATE = 1e-3;
  private static final double SHARE = 1e-4;
  private static final int FEW = 1;

  private StepComparison() {}

  /**
   * Compares everything by its norm, gradients by that of all of them. Adam's first step divides a
   * gradient by its own size, so a weight whose gradient is rounding moves either way. The few
   * weights that moved into opposite directions, for gradients of opposite signs, are left out.
   */
  static void compare(Map<String, double[]> ours, Map<String, TensorValue> answer) {
    Map<String, double[]> theirs = new TreeMap<>();
    answer.forEach((name, value) -> theirs.put(name, value.doubles()));
    assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(theirs.keySet());
    double gradientNorm =
        Math.sqrt(
            theirs.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("gradient:"))
                .mapToDouble(entry -> Math.pow(norm(entry.getValue()), 2))
                .sum());
    theirs.forEach(
        (name, expected) -> {
          double[] found = ours.get(name);
          assertThat(found).as(name).hasSameSizeAs(expected);
          double[] difference = new double[found.length];
          double[] gradient = ours.get("gradient:" + name);
          double[] expectedGradient = theirs.get("gradient:" + name);
          int opposite = 0;
          for (int i = 0; i < found.length; i++) {
            difference[i] = found[i] - expected[i];
            if (gradient != null
                && gradient[i] * expectedGradient[i] < 0
                && Math.abs(difference[i]) > RATE) {
              opposite++;
              difference[i] = 0;
            }
          }
          assertThat(opposite).as(name).isLessThanOrEqualTo((int) (SHARE * found.length) + FEW);
          double scale = name.startsWith("gradient:") ? gradientNorm : norm(expected);
          assertThat(norm(difference)).as(name).isLessThanOrEqualTo(TOLERANCE * scale);
        });
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
