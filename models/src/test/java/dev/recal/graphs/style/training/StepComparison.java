package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** Compares the results of a training step with PyTorch's. */
final class StepComparison {

  private static final double TOLERANCE = 1e-4;
  // Adam's, in all cases.
  private static final double RATE = 1e-3;
  private static final double EPSILON = 1e-8;

  private StepComparison() {}

  /**
   * Compares everything by its norm, gradients by that of all of them. Adam's first step divides a
   * gradient by its own size and so enlarges the rounding of small ones: weights are compared with
   * those that PyTorch's would be after a step with our gradient.
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
          for (int i = 0; i < found.length; i++) {
            difference[i] = found[i] - expected[i];
            if (gradient != null) {
              difference[i] += firstStep(gradient[i]) - firstStep(expectedGradient[i]);
            }
          }
          double scale = name.startsWith("gradient:") ? gradientNorm : norm(expected);
          assertThat(norm(difference)).as(name).isLessThanOrEqualTo(TOLERANCE * scale);
        });
  }

  private static double firstStep(double gradient) {
    return RATE * gradient / (Math.abs(gradient) + EPSILON);
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
