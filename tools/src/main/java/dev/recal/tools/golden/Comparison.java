package dev.recal.tools.golden;

import dev.recal.savedmodels.tensor.TensorValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/** Collects relative errors and other problems. */
final class Comparison {

  // A gradient that is exactly zero, as a bias's before batch norm, is rounding in the reference.
  private static final double ZERO = 1e-9;

  private final List<String> problems = new ArrayList<>();

  /**
   * Returns ‖actual − expected‖ / ‖expected‖, or ‖actual − expected‖ where the reference is zero;
   * infinite where shapes differ or a value is not finite.
   */
  double compare(String name, TensorValue actual, TensorValue expected, double tolerance) {
    double error = Double.POSITIVE_INFINITY;
    if (!actual.shape().equals(expected.shape())) {
      problems.add(
          name + ": expected shape " + expected.shape() + ", but got " + actual.shape() + ".");
    } else {
      error = relativeError(actual.floats(), expected.floats());
      if (!(error <= tolerance)) {
        problems.add(
            String.format(
                Locale.ROOT,
                "%s: the relative error is %.1e, above %.0e.",
                name,
                error,
                tolerance));
      }
    }
    return error;
  }

  /** Compares tensors by name, and returns the largest error. */
  OptionalDouble compareAll(
      String kind,
      Map<String, TensorValue> actual,
      Map<String, TensorValue> expected,
      double tolerance) {
    return expected.keySet().stream()
        .filter(actual::containsKey)
        .mapToDouble(name -> compare(kind + name, actual.get(name), expected.get(name), tolerance))
        .max();
  }

  /** Notes the names that only one side has. */
  void sameNames(String kind, Collection<String> layer, Collection<String> file) {
    record(kind, "the layer has", "the file does not have", layer, file);
    record(kind, "the file has", "the layer does not have", file, layer);
  }

  void problem(String sentence) {
    problems.add(sentence);
  }

  List<String> problems() {
    return problems;
  }

  static double relativeError(float[] actual, float[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      double delta = (double) actual[i] - expected[i];
      difference += delta * delta;
      norm += (double) expected[i] * expected[i];
    }
    double root = Math.sqrt(norm);
    double error = root < ZERO ? Math.sqrt(difference) : Math.sqrt(difference) / root;
    return Double.isFinite(error) ? error : Double.POSITIVE_INFINITY;
  }

  private void record(
      String kind, String has, String lacks, Collection<String> mine, Collection<String> theirs) {
    Set<String> only = new TreeSet<>(mine);
    only.removeAll(theirs);
    if (!only.isEmpty()) {
      problems.add(kind + ": " + has + " " + String.join(", ", only) + ", which " + lacks + ".");
    }
  }
}
