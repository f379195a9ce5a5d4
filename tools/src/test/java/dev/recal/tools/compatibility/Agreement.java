package dev.recal.tools.compatibility;

import com.google.gson.JsonObject;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares what a consumer answered with what the exporting session did. */
final class Agreement {

  /** The largest difference, as a share of the largest value of an output. */
  static final double TOLERANCE = 1e-4;

  private Agreement() {}

  /** Compares the outputs of a call. */
  static Check call(SampleModel.Call expected, JsonObject answer) {
    String name = expected.signature();
    if (answer.has("error")) {
      return Check.failed(name, answer.get("error").getAsString());
    }
    if (answer.has("notApplicable")) {
      return Check.notApplicable(name, answer.get("notApplicable").getAsString());
    }
    Map<String, TensorValue> outputs = TensorJson.readAll(answer.getAsJsonObject("outputs"));
    Optional<String> names = sameNames(expected.outputs().keySet(), outputs.keySet());
    if (names.isPresent()) {
      return Check.failed(name, names.get());
    }
    double worst = 0;
    for (Map.Entry<String, TensorValue> output : expected.outputs().entrySet()) {
      double error = error(outputs.get(output.getKey()), output.getValue());
      if (!(error <= TOLERANCE)) {
        return Check.failed(
            name, String.format("Output '%s' is off by %.1e.", output.getKey(), error));
      }
      worst = Math.max(worst, error);
    }
    return Check.passed(name, String.format("%.1e", worst));
  }

  /** Compares names, roles and restored values. */
  static Check variables(SampleModel model, JsonObject found) {
    String name = "variables";
    Map<String, SampleModel.ExpectedVariable> expected = new TreeMap<>(model.variables());
    Optional<String> names = sameNames(expected.keySet(), found.keySet());
    if (names.isPresent()) {
      return Check.failed(name, names.get());
    }
    for (Map.Entry<String, SampleModel.ExpectedVariable> variable : expected.entrySet()) {
      JsonObject one = found.getAsJsonObject(variable.getKey());
      if (one.get("trainable").getAsBoolean() != variable.getValue().trainable()) {
        return Check.failed(name, "'" + variable.getKey() + "' has the wrong role.");
      }
      if (!TensorJson.read(one).equals(variable.getValue().value())) {
        return Check.failed(name, "'" + variable.getKey() + "' has other values.");
      }
    }
    return Check.passed(name, expected.size() + " variables");
  }

  private static Optional<String> sameNames(Set<String> expected, Set<String> found) {
    if (expected.equals(found)) {
      return Optional.empty();
    }
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(found);
    Set<String> unknown = new TreeSet<>(found);
    unknown.removeAll(expected);
    return Optional.of("Missing are " + missing + ", unknown are " + unknown + ".");
  }

  private static double error(TensorValue found, TensorValue expected) {
    if (found.type() != expected.type() || !found.shape().equals(expected.shape())) {
      return Double.POSITIVE_INFINITY;
    }
    if (expected.type() != ElementType.FLOAT32) {
      return found.equals(expected) ? 0 : Double.POSITIVE_INFINITY;
    }
    float[] one = found.floats();
    float[] other = expected.floats();
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < other.length; i++) {
      largest = Math.max(largest, Math.abs(other[i]));
      double distance = Math.abs(one[i] - other[i]);
      difference =
          Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(difference, distance);
    }
    return largest == 0 ? difference : difference / largest;
  }
}
