package dev.recal.savedmodels;

import dev.recal.ops.ServableSignature;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * A signature of a model.
 *
 * @param key its name, for example {@code serving_default}
 * @param method the method name of TensorFlow Serving, for example {@code
 *     tensorflow/serving/predict}
 * @param inputs by name; of a sparse tensor {@code x} there are {@code x/indices}, {@code x/values}
 *     and {@code x/dense_shape}, of a ragged or another composite one {@code x/0}, {@code x/1}, …
 * @param outputs by name, in the same way
 */
public record SignatureDescription(
    String key,
    String method,
    Map<String, TensorDescription> inputs,
    Map<String, TensorDescription> outputs) {

  /** Copies the maps. */
  public SignatureDescription {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  static SignatureDescription of(String key, SignatureDef definition) {
    return new SignatureDescription(
        key,
        definition.getMethodName(),
        ofInformation(definition.getInputsMap()),
        ofInformation(definition.getOutputsMap()));
  }

  static SignatureDescription of(ServableSignature signature) {
    return new SignatureDescription(
        signature.key(), "", ofOperands(signature.inputs()), ofOperands(signature.outputs()));
  }

  /** Returns whether all inputs and outputs have a free first dimension. */
  public boolean batched() {
    return !inputs.isEmpty()
        && inputs.values().stream().allMatch(TensorDescription::batched)
        && outputs.values().stream().allMatch(TensorDescription::batched);
  }

  private static Map<String, TensorDescription> ofInformation(Map<String, TensorInfo> tensors) {
    Map<String, TensorDescription> descriptions = new LinkedHashMap<>();
    tensors.forEach((name, info) -> describe(name, info, descriptions));
    return descriptions;
  }

  // A sparse or ragged tensor consists of several dense ones, named by their part.
  private static void describe(
      String name, TensorInfo info, Map<String, TensorDescription> descriptions) {
    switch (info.getEncodingCase()) {
      case COO_SPARSE -> {
        TensorInfo.CooSparse sparse = info.getCooSparse();
        long rank =
            info.getTensorShape().getUnknownRank() ? -1 : info.getTensorShape().getDimCount();
        descriptions.put(
            name + "/indices",
            new TensorDescription(
                sparse.getIndicesTensorName(), DataType.DT_INT64, Shape.of(-1, rank)));
        descriptions.put(
            name + "/values",
            new TensorDescription(sparse.getValuesTensorName(), info.getDtype(), Shape.of(-1)));
        descriptions.put(
            name + "/dense_shape",
            new TensorDescription(
                sparse.getDenseShapeTensorName(), DataType.DT_INT64, Shape.of(rank)));
      }
      case COMPOSITE_TENSOR -> {
        List<TensorInfo> parts = info.getCompositeTensor().getComponentsList();
        for (int i = 0; i < parts.size(); i++) {
          describe(name + "/" + i, parts.get(i), descriptions);
        }
      }
      default -> descriptions.put(name, TensorDescription.of(info));
    }
  }

  private static Map<String, TensorDescription> ofOperands(Map<String, Operand<?>> operands) {
    Map<String, TensorDescription> descriptions = new LinkedHashMap<>();
    operands.forEach((name, op) -> descriptions.put(name, TensorDescription.of(op.asOutput())));
    return descriptions;
  }
}
