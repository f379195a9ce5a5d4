package dev.recal.tools.golden;

import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The contents of a case's file.
 *
 * @param inputs by name
 * @param variables by name
 * @param output what the layer returns
 * @param cotangent the weight of each output in the scalar that is differentiated
 * @param inputGradients by the input's name
 * @param variableGradients by the variable's name
 * @param updates the stored statistics after one step, by name
 */
record GoldenTensors(
    Map<String, TensorValue> inputs,
    Map<String, TensorValue> variables,
    TensorValue output,
    TensorValue cotangent,
    Map<String, TensorValue> inputGradients,
    Map<String, TensorValue> variableGradients,
    Map<String, TensorValue> updates) {

  /**
   * Reads a file.
   *
   * @throws IOException if it is damaged or incomplete
   */
  static GoldenTensors read(Path file) throws IOException {
    Map<String, TensorValue> rest = new TreeMap<>(Safetensors.readFinite(file));
    for (Map.Entry<String, TensorValue> entry : rest.entrySet()) {
      if (entry.getValue().type() != ElementType.FLOAT32) {
        throw new IOException(
            "Tensor '"
                + entry.getKey()
                + "' of "
                + file
                + ": expected float32, but got "
                + entry.getValue().type()
                + ".");
      }
    }
    GoldenTensors tensors =
        new GoldenTensors(
            take(rest, "input/"),
            take(rest, "param/"),
            required(rest, "output", file),
            required(rest, "cotangent", file),
            take(rest, "grad/input/"),
            take(rest, "grad/param/"),
            take(rest, "update/"));
    if (!rest.isEmpty()) {
      throw new IOException("File " + file + " has unknown tensors: " + rest.keySet() + ".");
    }
    if (tensors.inputs().isEmpty()) {
      throw new IOException("File " + file + " has no tensor 'input/…'.");
    }
    if (!tensors.cotangent().shape().equals(tensors.output().shape())) {
      throw new IOException(
          "File "
              + file
              + ": expected a cotangent of the output's shape "
              + tensors.output().shape()
              + ", but got "
              + tensors.cotangent().shape()
              + ".");
    }
    return tensors;
  }

  private static Map<String, TensorValue> take(Map<String, TensorValue> rest, String prefix) {
    Map<String, TensorValue> taken = new TreeMap<>();
    rest.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            taken.put(name.substring(prefix.length()), value);
          }
        });
    rest.keySet().removeIf(name -> name.startsWith(prefix));
    return Collections.unmodifiableMap(taken);
  }

  private static TensorValue required(Map<String, TensorValue> rest, String name, Path file)
      throws IOException {
    TensorValue value = rest.remove(name);
    if (value == null) {
      throw new IOException("File " + file + " has no tensor '" + name + "'.");
    }
    return value;
  }
}
