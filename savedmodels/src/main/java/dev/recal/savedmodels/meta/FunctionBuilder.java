package dev.recal.savedmodels.meta;

import com.google.protobuf.ByteString;
import dev.recal.ops.Variable;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tensorflow.op.Operands;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.ResourceHandleProto.DtypeAndShape;
import org.tensorflow.proto.TensorShapeProto;

/** Builds a function of the library: arguments first, then nodes, then results. */
final class FunctionBuilder {

  private final OpDef.Builder signature;
  private final FunctionDef.Builder function = FunctionDef.newBuilder();
  private final AttrValue.ListValue.Builder shapes = AttrValue.ListValue.newBuilder();
  private final Set<String> taken;

  /**
   * An empty function.
   *
   * @param reserved names of nodes that will be added, which arguments may not take
   */
  FunctionBuilder(String name, Set<String> reserved) {
    signature = OpDef.newBuilder().setName(name);
    taken = new HashSet<>(reserved);
  }

  /** Adds an argument that holds a tensor; returns its name inside the function. */
  String tensor(String name, DataType type, TensorShapeProto shape) {
    FunctionDef.ArgAttrs attributes =
        FunctionDef.ArgAttrs.newBuilder()
            .putAttr("_user_specified_name", text(name))
            .putAttr("_output_shapes", list(AttrValue.ListValue.newBuilder().addShape(shape)))
            .build();
    return argument(OpDef.ArgDef.newBuilder().setType(type), name, shape, attributes);
  }

  /** Adds an argument that holds a variable's handle; returns its name inside the function. */
  String variable(Variable<?> variable) {
    DataType type = Operands.toDataType(variable.type());
    TensorShapeProto shape = Nodes.shape(variable.shape());
    FunctionDef.ArgAttrs attributes =
        FunctionDef.ArgAttrs.newBuilder()
            .putAttr("_user_specified_name", text(variable.name()))
            .putAttr("_handle_dtypes", list(AttrValue.ListValue.newBuilder().addType(type)))
            .putAttr("_handle_shapes", list(AttrValue.ListValue.newBuilder().addShape(shape)))
            .build();
    OpDef.ArgDef.Builder argument =
        OpDef.ArgDef.newBuilder()
            .setType(DataType.DT_RESOURCE)
            .addHandleData(DtypeAndShape.newBuilder().setDtype(type).setShape(shape));
    return argument(argument, variable.name(), TensorShapeProto.getDefaultInstance(), attributes);
  }

  /** Adds a node; inputs are in function notation. */
  void node(NodeDef node) {
    taken.add(node.getName());
    function.addNodeDef(node);
    OpDef definition = RegisteredOps.definition(node.getOp());
    if (definition.getIsStateful()) {
      signature.setIsStateful(true);
    }
  }

  /** Makes a node run whenever the function runs, regardless of the requested results. */
  void always(String node) {
    signature.addControlOutput(node);
    function.putControlRet(node, node);
  }

  /**
   * Adds a result.
   *
   * @param value a tensor in function notation, for example {@code softmax:softmax:0}
   */
  void result(DataType type, String value, List<String> controls) {
    String node = free("Identity");
    NodeDef.Builder identity =
        Nodes.node(node, "Identity", List.of(value)).putAttr("T", Nodes.type(type));
    controls.forEach(control -> identity.addInput("^" + control));
    node(identity.build());
    String name = node.toLowerCase(Locale.ROOT);
    signature.addOutputArg(OpDef.ArgDef.newBuilder().setName(name).setType(type));
    function.putRet(name, node + ":output:0");
  }

  FunctionDef build() {
    return function
        .setSignature(signature)
        .putAttr("_input_shapes", list(shapes))
        .putAttr("_construction_context", text("kEagerRuntime"))
        .build();
  }

  private String argument(
      OpDef.ArgDef.Builder argument,
      String name,
      TensorShapeProto shape,
      FunctionDef.ArgAttrs attributes) {
    String legal = free(legal(name));
    taken.add(legal);
    function.putArgAttr(signature.getInputArgCount(), attributes);
    signature.addInputArg(argument.setName(legal));
    shapes.addShape(shape);
    return legal;
  }

  private static String legal(String name) {
    String word = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    return Character.isLetter(word.charAt(0)) ? word : "input_" + word;
  }

  private String free(String wanted) {
    String candidate = wanted;
    for (int i = 1; taken.contains(candidate); i++) {
      candidate = wanted + "_" + i;
    }
    return candidate;
  }

  private static AttrValue text(String value) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build();
  }

  private static AttrValue list(AttrValue.ListValue.Builder values) {
    return AttrValue.newBuilder().setList(values).build();
  }
}
