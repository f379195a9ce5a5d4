package dev.recal.tools.inspect;

import dev.recal.ops.checkpoint.ElementWidth;
import dev.recal.savedmodels.TensorDescription;
import dev.recal.savedmodels.VariableDescription;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/** Short forms shared by the text and the JSON. */
final class Texts {

  private Texts() {}

  static String shape(Shape shape) {
    return shape.isUnknown() ? "any" : shape.toString().replace("-1", "?");
  }

  static String name(DataType type) {
    return new TensorDescription("", type, Shape.scalar()).typeName();
  }

  static long bytes(VariableDescription variable) {
    return variable.size() * ElementWidth.of(variable.type());
  }

  /** Returns kinds and their numbers, the most frequent first. */
  static String histogram(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }
}
