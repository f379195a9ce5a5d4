package dev.recal.tools.serve.model;

import dev.recal.savedmodels.SignatureDescription;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The key of calls that can be batched together.
 *
 * @param signature its key
 * @param inputs types and shapes of a row, by name
 * @param alone a unique mark if a call cannot be batched with others
 */
record BatchKey(String signature, Map<String, RowType> inputs, Object alone) {

  /** Element type and shape of one row. */
  record RowType(ElementType type, List<Long> shape) {}

  private static final Object JOINED = "joined";

  /** Returns the key of a call that was checked against its signature. */
  static BatchKey of(SignatureDescription signature, Map<String, TensorValue> inputs) {
    boolean joins =
        signature.batched()
            && inputs.values().stream().mapToInt(TensorValue::rows).distinct().count() == 1;
    if (!joins) {
      return new BatchKey(signature.key(), Map.of(), new Object());
    }
    Map<String, RowType> rows = new TreeMap<>();
    inputs.forEach((name, value) -> rows.put(name, row(value)));
    return new BatchKey(signature.key(), rows, JOINED);
  }

  /** Returns the number of rows of a call with this key. */
  int rows(Map<String, TensorValue> inputs) {
    return alone == JOINED ? inputs.values().iterator().next().rows() : 1;
  }

  private static RowType row(TensorValue value) {
    List<Long> sizes = Arrays.stream(value.shape().asArray()).skip(1).boxed().toList();
    return new RowType(value.type(), sizes);
  }
}
