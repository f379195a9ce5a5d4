package dev.recal.graphs.style.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** Compares the results of a training step with PyTorch's. */
final class StepComparison {

  /** The tolerance of networks of some layers, relative. */
  static final double TOLERANCE = 1e-4;

  private StepComparison() {}

  /** Compares everything by its norm, gradients by that of all of them. */
  static void compare(
      Map<String, double[]> ours, Map<String, TensorValue> answer, double tolerance) {
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
          for (int i = 0; i < found.length; i++) {
            difference[i] = found[i] - expected[i];
          }
          double scale = name.startsWith("gradient:") ? gradient : norm(expected);
          assertThat(norm(difference)).as(name).isLessThanOrEqualTo(tolerance * scale);
        });
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
