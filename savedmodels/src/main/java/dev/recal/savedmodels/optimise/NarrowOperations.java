package dev.recal.savedmodels.optimise;

import dev.recal.savedmodels.meta.RegisteredOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Operations that stay in bfloat16 for an input in bfloat16: those that TensorFlow computes
 * internally in float32, or that only move values. All others get float32.
 */
final class NarrowOperations implements Rule {

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("Add", "T"),
          Map.entry("AddV2", "T"),
          Map.entry("AvgPool", "T"),
          Map.entry("BatchToSpaceND", "T"),
          Map.entry("BiasAdd", "T"),
          Map.entry("ConcatV2", "T"),
          Map.entry("Elu", "T"),
          Map.entry("ExpandDims", "T"),
          Map.entry("Identity", "T"),
          Map.entry("LeakyRelu", "T"),
          Map.entry("MaxPool", "T"),
          Map.entry("Maximum", "T"),
          Map.entry("Minimum", "T"),
          Map.entry("Mul", "T"),
          Map.entry("Neg", "T"),
          Map.entry("Pad", "T"),
          Map.entry("PadV2", "T"),
          Map.entry("Relu", "T"),
          Map.entry("Relu6", "T"),
          Map.entry("Reshape", "T"),
          Map.entry("Shape", "T"),
          Map.entry("Sigmoid", "T"),
          Map.entry("Slice", "T"),
          Map.entry("SpaceToBatchND", "T"),
          Map.entry("Split", "T"),
          Map.entry("SplitV", "T"),
          Map.entry("Square", "T"),
          Map.entry("Squeeze", "T"),
          Map.entry("StridedSlice", "T"),
          Map.entry("Sub", "T"),
          Map.entry("Tanh", "T"),
          Map.entry("Transpose", "T"));

  @Override
  public Optional<List<Value>> write(Translation translation, NodeDef node) {
    String attribute = TYPES.get(node.getOp());
    if (attribute == null || node.getInputList().stream().anyMatch(name -> name.startsWith("^"))) {
      return Optional.empty();
    }
    List<Boolean> typed = typed(node, attribute);
    boolean narrow = false;
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      narrow |=
          typed.get(i)
              && !translation.source().isParameter(input)
              && translation.value(input).narrow();
    }
    return narrow ? Optional.of(write(translation, node, attribute, typed)) : Optional.empty();
  }

  static List<Value> write(
      Translation translation, NodeDef node, String attribute, List<Boolean> typed) {
    NodeDef.Builder copy = node.toBuilder().clearInput().clearDevice().removeAttr("_class");
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      copy.addInput(typed.get(i) ? translation.narrow(input) : translation.float32(input));
    }
    translation.target().put(copy.putAttr(attribute, Translation.type(true)).build());
    return translation.outputs(node, true);
  }

  // Which inputs have the type of the attribute.
  private static List<Boolean> typed(NodeDef node, String attribute) {
    List<Boolean> typed = new ArrayList<>();
    OpDef definition = RegisteredOps.find(node.getOp()).orElseThrow();
    for (OpDef.ArgDef argument : definition.getInputArgList()) {
      String number = argument.getNumberAttr();
      long count = number.isEmpty() ? 1 : node.getAttrOrThrow(number).getI();
      for (long i = 0; i < count; i++) {
        typed.add(argument.getTypeAttr().equals(attribute));
      }
    }
    return typed;
  }
}
