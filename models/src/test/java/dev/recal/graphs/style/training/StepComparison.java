package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** Compares the results of a training step with PyTorch's. */
final class StepComparison {

  private static final double TOLERANCE = 1e-4;
  private static final double ROUNDING = 1e-4;

  private StepComparison() {}

  /**
   * Compares everything by its norm, gradients by that of all of them. Adam's first step divides a
   * gradient by its own size, so a weight whose gradient is a rounding moves either way: weights
   * with gradients below {@link #ROUNDING} of their variable's largest one are left out.
   */
  static void compare(Map<String, double[]> ours, Map<String, TensorValue> answer) {
    Map<String, double[]> theirs = new TreeMap<>();
    answer.forEach((name, value) -> theirs.put(name, value.doubles()));
    assertThat(ours.keySet()).containsExactlyInAnyOrderElementsOf(theirs.keySet());
    double gradient =
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
          double[] gradients = theirs.get("gradient:" + name);
          double least = gradients == null ? 0 : ROUNDING * largest(gradients);
          int roundings = 0;
          for (int i = 0; i < found.length; i++) {
            double size = gradients == null ? 0 : Math.abs(gradients[i]);
            if (size > 0 && size < least) {
              roundings++;
            } else {
              difference[i] = found[i] - expected[i];
            }
          }
          assertThat(roundings).as(name).isLessThanOrEqualTo(found.length / 100);
          double scale = name.startsWith("gradient:") ? gradient : norm(expected);
          assertThat(norm(difference)).as(name).isLessThanOrEqualTo(TOLERANCE * scale);
        });
  }

  private static double largest(double[] values) {
    return DoubleStream.of(values).map(Math::abs).max().orElse(0);
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
