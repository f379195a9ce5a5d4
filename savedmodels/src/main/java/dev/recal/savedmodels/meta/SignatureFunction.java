package dev.recal.savedmodels.meta;

import dev.recal.ops.ServableSignature;
import dev.recal.ops.Variable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/**
 * A signature as a function of TensorFlow 2. Its arguments are the signature's inputs and then the
 * handles of the variables that it uses, in the order of the store; inputs and results are in the
 * order of their names, the order in which Python flattens dictionaries.
 *
 * @param signature the signature that it computes
 * @param definition named {@code __inference_KEY_NUMBER}, which Python shows as {@code KEY}
 * @param bound the variables
 */
record SignatureFunction(
    ServableSignature signature, FunctionDef definition, List<Variable<?>> bound) {

  private static final Set<String> WRITES =
      Set.of("AssignVariableOp", "AssignAddVariableOp", "AssignSubVariableOp");
  private static final String CALL = "StatefulPartitionedCall";

  /** Returns the name in the library. */
  String name() {
    return definition.getSignature().getName();
  }

  /** Returns the inputs in the order of the arguments. */
  static Map<String, Operand<?>> inOrder(Map<String, Operand<?>> operands) {
    return new TreeMap<>(operands);
  }

  /**
   * Writes a signature's part of the graph as a function.
   *
   * @param variables those of the store
   * @param number distinguishes functions of the same name
   */
  static SignatureFunction of(
      GraphView view, ServableSignature signature, Collection<Variable<?>> variables, int number) {
    Set<String> roots = new HashSet<>();
    signature.outputs().values().forEach(operand -> roots.add(operand.op().name()));
    Set<String> reached = view.closure(roots);
    FunctionBuilder builder =
        new FunctionBuilder(
            functionName(signature.key(), number), withoutArguments(reached, signature, variables));
    Map<String, String> arguments = new HashMap<>();
    inOrder(signature.inputs())
        .forEach(
            (name, operand) ->
                arguments.put(operand.op().name(), addInput(builder, name, operand.asOutput())));
    List<Variable<?>> bound = new ArrayList<>();
    for (Variable<?> variable : variables) {
      String handle = variable.handle().op().name();
      if (reached.contains(handle)) {
        bound.add(variable);
        arguments.put(handle, builder.variable(variable));
      }
    }
    for (NodeDef node : view.inOrder(reached)) {
      if (!arguments.containsKey(node.getName())) {
        builder.node(inside(view, node, arguments));
        if (WRITES.contains(node.getOp())) {
          builder.always(node.getName());
        }
      }
    }
    inOrder(signature.outputs())
        .values()
        .forEach(
            operand -> {
              Output<?> output = operand.asOutput();
              String tensor = output.op().name() + ":" + output.index();
              builder.result(output.dataType(), inside(view, tensor, arguments), List.of());
            });
    return new SignatureFunction(signature, builder.build(), bound);
  }

  // Arguments replace placeholders and handles, and keep their names, which Python shows.
  private static Set<String> withoutArguments(
      Set<String> reached, ServableSignature signature, Collection<Variable<?>> variables) {
    Set<String> nodes = new HashSet<>(reached);
    signature.inputs().values().forEach(operand -> nodes.remove(operand.op().name()));
    variables.forEach(variable -> nodes.remove(variable.handle().op().name()));
    return nodes;
  }

  /**
   * Returns a function that calls this one with the inputs in the signature's order, which is the
   * order of a call by position.
   */
  FunctionDef positional(String key, int number) {
    FunctionBuilder builder = new FunctionBuilder(functionName(key, number), Set.of(CALL));
    Map<String, String> arguments = new HashMap<>();
    signature
        .inputs()
        .forEach(
            (name, operand) -> arguments.put(name, addInput(builder, name, operand.asOutput())));
    List<String> passed = new ArrayList<>();
    List<DataType> types = new ArrayList<>();
    inOrder(signature.inputs())
        .forEach(
            (name, operand) -> {
              passed.add(arguments.get(name));
              types.add(operand.asOutput().dataType());
            });
    for (Variable<?> variable : bound) {
      passed.add(builder.variable(variable));
      types.add(DataType.DT_RESOURCE);
    }
    List<DataType> results = new ArrayList<>();
    inOrder(signature.outputs())
        .values()
        .forEach(operand -> results.add(operand.asOutput().dataType()));
    AttrValue called =
        AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name())).build();
    builder.node(
        Nodes.node(CALL, CALL, passed)
            .putAttr("f", called)
            .putAttr("Tin", Nodes.types(types))
            .putAttr("Tout", Nodes.types(results))
            .build());
    builder.always(CALL);
    for (int i = 0; i < results.size(); i++) {
      builder.result(results.get(i), CALL + ":output:" + i, List.of());
    }
    return builder.build();
  }

  private static String addInput(FunctionBuilder builder, String name, Output<?> input) {
    return builder.tensor(name, input.dataType(), Nodes.shape(input.shape()));
  }

  private static String functionName(String key, int number) {
    return "__inference_" + key.replaceAll("[^A-Za-z0-9_]", "_") + "_" + number;
  }

  // A node in function notation: without a device, and with inputs that name outputs.
  private static NodeDef inside(GraphView view, NodeDef node, Map<String, String> arguments) {
    NodeDef.Builder changed = node.toBuilder().clearInput().clearDevice().removeAttr("_class");
    for (String input : node.getInputList()) {
      boolean control = input.startsWith("^");
      // Arguments are available before anything runs.
      if (!control || !arguments.containsKey(input.substring(1))) {
        changed.addInput(control ? input : inside(view, input, arguments));
      }
    }
    return changed.build();
  }

  private static String inside(GraphView view, String input, Map<String, String> arguments) {
    String source = Nodes.source(input);
    String argument = arguments.get(source);
    if (argument != null) {
      return argument;
    }
    int colon = input.indexOf(':');
    int index = colon < 0 ? 0 : Integer.parseInt(input.substring(colon + 1));
    return source + ":" + view.outputNames(view.node(source)).get(index);
  }
}
