package dev.recal.savedmodels;

import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/** Runs a signature on Java values, which are validated before they reach TensorFlow. */
final class SignatureCall {

  private SignatureCall() {}

  /**
   * Runs a signature.
   *
   * @return the outputs by name, in the signature's order
   * @throws IllegalArgumentException if a name, a type or a shape does not match the signature
   */
  static Map<String, TensorValue> run(
      Session session, SignatureDescription signature, Map<String, TensorValue> inputs) {
    return run(session, UnaryOperator.identity(), signature, inputs);
  }

  /**
   * Runs a signature on a graph whose tensors have other names than in the signature.
   *
   * @param names from a tensor's name in the signature to its name in the graph
   */
  static Map<String, TensorValue> run(
      Session session,
      UnaryOperator<String> names,
      SignatureDescription signature,
      Map<String, TensorValue> inputs) {
    check(signature, inputs);
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      signature
          .inputs()
          .forEach(
              (name, description) -> {
                ElementType type = ElementType.of(description.type()).orElseThrow();
                TensorValue value = inputs.get(name);
                Tensor tensor = Tensors.toTensor(value.type() == type ? value : value.as(type));
                fed.add(tensor);
                runner.feed(names.apply(description.tensor()), tensor);
              });
      // Fetching a tensor twice does not work.
      Set<String> fetched = new LinkedHashSet<>();
      signature.outputs().values().forEach(description -> fetched.add(description.tensor()));
      fetched.forEach(tensor -> runner.fetch(names.apply(tensor)));
      try (Result result = runner.run()) {
        Map<String, TensorValue> values = new LinkedHashMap<>();
        int index = 0;
        for (String tensor : fetched) {
          values.put(tensor, Tensors.toValue(result.get(index++)));
        }
        Map<String, TensorValue> outputs = new LinkedHashMap<>();
        signature.outputs().forEach((name, d) -> outputs.put(name, values.get(d.tensor())));
        return outputs;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  /** Rejects inputs that do not match the signature. */
  static void check(SignatureDescription signature, Map<String, TensorValue> inputs) {
    if (!inputs.keySet().equals(signature.inputs().keySet())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "inputs: signature '%s' takes %s, but got %s.",
              signature.key(),
              signature.inputs().keySet(),
              inputs.keySet()));
    }
    signature
        .inputs()
        .forEach((name, description) -> check(signature.key(), name, description, inputs));
    signature
        .outputs()
        .forEach(
            (name, description) -> {
              if (ElementType.of(description.type()).isEmpty()) {
                throw new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "signature: output '%s' of '%s' has the type %s, which is not supported.",
                        name,
                        signature.key(),
                        description.typeName()));
              }
            });
  }

  private static void check(
      String key, String name, TensorDescription expected, Map<String, TensorValue> inputs) {
    TensorValue value = inputs.get(name);
    if (!accepts(expected.type(), value.type())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "inputs: '%s' of signature '%s' takes %s, but got %s.",
              name,
              key,
              expected.typeName(),
              value.type()));
    }
    if (!fits(value.shape(), expected.shape())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "inputs: '%s' of signature '%s' takes shape %s (-1 is free), but got %s.",
              name,
              key,
              expected.shape(),
              value.shape()));
    }
    // Fused convolutions fail on empty batches, and whether a graph has one is not known.
    if (value.length() == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "inputs: '%s' of signature '%s' needs at least one element, but got shape %s.",
              name,
              key,
              value.shape()));
    }
  }

  // Java has no 16-bit floats, so callers pass float32.
  private static boolean accepts(DataType expected, ElementType actual) {
    return actual.proto() == expected
        || (actual == ElementType.FLOAT32
            && (expected == DataType.DT_HALF || expected == DataType.DT_BFLOAT16));
  }

  private static boolean fits(Shape actual, Shape expected) {
    if (expected.isUnknown()) {
      return true;
    }
    if (actual.numDimensions() != expected.numDimensions()) {
      return false;
    }
    for (int axis = 0; axis < actual.numDimensions(); axis++) {
      if (expected.get(axis) != Shape.UNKNOWN_SIZE && expected.get(axis) != actual.get(axis)) {
        return false;
      }
    }
    return true;
  }
}
