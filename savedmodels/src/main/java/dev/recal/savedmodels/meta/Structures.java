package dev.recal.savedmodels.meta;

import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.Struct.DictValue;
import org.tensorflow.proto.Struct.ListValue;
import org.tensorflow.proto.Struct.NamedTupleValue;
import org.tensorflow.proto.Struct.NoneValue;
import org.tensorflow.proto.Struct.PairValue;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;
import org.tensorflow.proto.Struct.TupleValue;

/** Python values in the encoding of a SavedModel: the arguments and results of functions. */
final class Structures {

  private Structures() {}

  static StructuredValue bool(boolean value) {
    return StructuredValue.newBuilder().setBoolValue(value).build();
  }

  static StructuredValue tuple(List<StructuredValue> values) {
    return StructuredValue.newBuilder()
        .setTupleValue(TupleValue.newBuilder().addAllValues(values))
        .build();
  }

  static StructuredValue dictionary(Map<String, Operand<?>> operands) {
    DictValue.Builder fields = DictValue.newBuilder();
    operands.forEach((name, operand) -> fields.putFields(name, tensor(name, operand)));
    return StructuredValue.newBuilder().setDictValue(fields).build();
  }

  static StructuredValue tensor(String name, Operand<?> operand) {
    Output<?> output = operand.asOutput();
    return StructuredValue.newBuilder()
        .setTensorSpecValue(
            TensorSpecProto.newBuilder()
                .setName(name)
                .setDtype(output.dataType())
                .setShape(Nodes.shape(output.shape())))
        .build();
  }

  /**
   * Returns a Python function's parameters.
   *
   * @param positional names, in order
   * @param defaults values of the last of these
   * @param keywords names of keyword-only arguments
   */
  static FunctionSpec parameters(
      List<String> positional, List<StructuredValue> defaults, List<String> keywords) {
    NamedTupleValue specification =
        NamedTupleValue.newBuilder()
            .setName("FullArgSpec")
            .addValues(pair("args", names(positional)))
            .addValues(pair("varargs", none()))
            .addValues(pair("varkw", none()))
            .addValues(pair("defaults", defaults.isEmpty() ? none() : tuple(defaults)))
            .addValues(pair("kwonlyargs", names(keywords)))
            .addValues(pair("kwonlydefaults", none()))
            .addValues(pair("annotations", dictionary(Map.of())))
            .build();
    return FunctionSpec.newBuilder()
        .setFullargspec(StructuredValue.newBuilder().setNamedTupleValue(specification))
        .setInputSignature(none())
        .build();
  }

  private static PairValue pair(String key, StructuredValue value) {
    return PairValue.newBuilder().setKey(key).setValue(value).build();
  }

  private static StructuredValue none() {
    return StructuredValue.newBuilder().setNoneValue(NoneValue.getDefaultInstance()).build();
  }

  private static StructuredValue names(List<String> names) {
    ListValue.Builder list = ListValue.newBuilder();
    names.forEach(name -> list.addValues(StructuredValue.newBuilder().setStringValue(name)));
    return StructuredValue.newBuilder().setListValue(list).build();
  }
}
