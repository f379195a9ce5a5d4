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
 * @param size 0 for calls that one run answers; larger for those that take many runs, which are not
 *     joined with the former: it would make them wait
 * @param alone a unique mark if a call cannot be batched with others
 */
record BatchKey(String signature, Map<String, RowType> inputs, int size, Object alone) {

  /** Element type and shape of one row. */
  record RowType(ElementType type, List<Long> shape) {}

  private static final Object JOINED = "joined";
  // A run that decodes up to this part of the limit is a small one.
  private static final int SMALL_FRACTION = 8;

  /** Returns the key of a call that was checked against its signature. */
  static BatchKey of(ModelCall call, BatchSettings settings) {
    SignatureDescription signature = call.signature();
    Map<String, TensorValue> inputs = call.inputs();
    int size = size(call, settings);
    boolean joins =
        signature.batched()
            && inputs.values().stream().mapToInt(TensorValue::rows).distinct().count() == 1;
    if (!joins) {
      return new BatchKey(signature.key(), Map.of(), size, new Object());
    }
    Map<String, RowType> rows = new TreeMap<>();
    inputs.forEach((name, value) -> rows.put(name, row(value)));
    return new BatchKey(signature.key(), rows, size, JOINED);
  }

  // The number of bits of the number of runs, where large images count as several.
  private static int size(ModelCall call, BatchSettings settings) {
    long byRows = (call.pixels().rows() - 1) / settings.rows();
    double byPixels = (double) SMALL_FRACTION * call.pixels().total() / settings.pixels();
    return Long.SIZE - Long.numberOfLeadingZeros(Math.max(byRows, (long) byPixels));
  }

  private static RowType row(TensorValue value) {
    List<Long> sizes = Arrays.stream(value.shape().asArray()).skip(1).boxed().toList();
    return new RowType(value.type(), sizes);
  }
}
