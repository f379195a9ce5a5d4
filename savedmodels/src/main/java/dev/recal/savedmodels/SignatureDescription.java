package dev.recal.savedmodels;

import dev.recal.ops.ServableSignature;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * One way to call a model.
 *
 * @param key its name, for example {@code serving_default}
 * @param method what TensorFlow Serving calls the kind of call, for example {@code
 *     tensorflow/serving/predict}
 * @param inputs by name
 * @param outputs by name
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
  boolean batched() {
    return !inputs.isEmpty()
        && inputs.values().stream().allMatch(TensorDescription::batched)
        && outputs.values().stream().allMatch(TensorDescription::batched);
  }

  private static Map<String, TensorDescription> ofInformation(Map<String, TensorInfo> tensors) {
    Map<String, TensorDescription> descriptions = new LinkedHashMap<>();
    tensors.forEach((name, info) -> descriptions.put(name, TensorDescription.of(info)));
    return descriptions;
  }

  private static Map<String, TensorDescription> ofOperands(Map<String, Operand<?>> operands) {
    Map<String, TensorDescription> descriptions = new LinkedHashMap<>();
    operands.forEach((name, op) -> descriptions.put(name, TensorDescription.of(op.asOutput())));
    return descriptions;
  }
}
