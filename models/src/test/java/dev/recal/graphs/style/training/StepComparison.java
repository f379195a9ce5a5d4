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

  private StepComparison() {}

  /**
   * Compares everything by its norm, gradients by that of all of them. Adam divides a gradient by
   * its own size: where a variable's gradient is small beside the others and so less exact, its
   * step is as inexact, which up to a hundredth of a step is allowed.
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
          for (int i = 0; i < found.length; i++) {
            difference[i] = found[i] - expected[i];
          }
          double scale = name.startsWith("gradient:") ? gradient : norm(expected);
          double step = inexactness(name, ours, theirs) * RATE * Math.sqrt(found.length);
          assertThat(norm(difference)).as(name).isLessThanOrEqualTo(TOLERANCE * scale + step);
        });
  }

  // Of a variable's own gradient, relative; 0 for values that have none.
  private static double inexactness(
      String name, Map<String, double[]> ours, Map<String, double[]> theirs) {
    double[] found = ours.get("gradient:" + name);
    if (found == null) {
      return 0;
    }
    double[] expected = theirs.get("gradient:" + name);
    double[] difference = new double[found.length];
    for (int i = 0; i < found.length; i++) {
      difference[i] = found[i] - expected[i];
    }
    double size = norm(expected);
    // Most elements are far smaller than the largest ones, which are most of the norm.
    return size == 0 ? 0 : Math.min(0.01, 10 * norm(difference) / size);
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
