package dev.recal.savedmodels.optimise;

import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.savedmodels.meta.GraphView;
import dev.recal.savedmodels.meta.Nodes;
import dev.recal.savedmodels.meta.RegisteredOps;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.VersionDef;

/** The nodes that the signatures of a servable need, with their types, shapes and consumers. */
final class SourceGraph {

  private static final Set<String> VARIABLE_OPS = Set.of("VarHandleOp", "ReadVariableOp");

  private final Graph graph;
  private final Session session;
  private final GraphDef definition;
  private final GraphView view;
  private final Set<String> reached;
  private final Map<String, Integer> users = new HashMap<>();
  private final Map<String, NodeDef> lastUsers = new HashMap<>();
  private final Map<String, Boolean> parameters = new HashMap<>();
  private final Map<String, TensorValue> values = new HashMap<>();

  SourceGraph(Servable servable, Session session) {
    this.graph = servable.store().graph();
    this.session = session;
    this.definition = graph.toGraphDef();
    this.view = new GraphView(definition);
    Set<String> roots = new LinkedHashSet<>();
    for (ServableSignature signature : servable.signatures()) {
      for (Operand<?> output : signature.outputs().values()) {
        roots.add(output.op().name());
        users.merge(tensor(output.asOutput()), 1, Integer::sum);
      }
      signature.inputs().values().forEach(input -> roots.add(input.op().name()));
    }
    this.reached = view.closure(roots);
    for (NodeDef node : view.inOrder(reached)) {
      for (String input : node.getInputList()) {
        users.merge(canonical(input), 1, Integer::sum);
        lastUsers.put(canonical(input), node);
      }
    }
    readParameters();
  }

  // All in one session run: with separate ones TensorFlow would process the whole graph each time.
  private void readParameters() {
    Set<String> used = new LinkedHashSet<>();
    for (NodeDef node : view.inOrder(reached)) {
      if (!isParameter(node)) {
        node.getInputList().stream()
            .filter(input -> !input.startsWith("^") && isParameter(producer(input)))
            .filter(input -> ElementType.of(type(input)).isPresent())
            .forEach(input -> used.add(canonical(input)));
      }
    }
    Session.Runner runner = session.runner();
    used.forEach(runner::fetch);
    try (Result result = runner.run()) {
      int index = 0;
      for (String name : used) {
        values.put(name, Tensors.toValue(result.get(index++)));
      }
    }
  }

  /** Returns a tensor's name with its index, including that of the first output. */
  static String canonical(String input) {
    return input.indexOf(':') >= 0 || input.startsWith("^") ? input : input + ":0";
  }

  static String tensor(Output<?> output) {
    return output.op().name() + ":" + output.index();
  }

  static int index(String input) {
    int colon = input.indexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(input.substring(colon + 1));
  }

  VersionDef versions() {
    return definition.getVersions();
  }

  /** Returns the functions that the signatures call. */
  FunctionDefLibrary library() {
    return view.library(view.inOrder(reached));
  }

  /** Returns the nodes that the signatures need. */
  List<NodeDef> nodes() {
    return view.inOrder(reached);
  }

  /** Returns the nodes that one of the signatures needs. */
  List<NodeDef> needed(ServableSignature signature) {
    Set<String> roots = new LinkedHashSet<>();
    signature.outputs().values().forEach(output -> roots.add(output.op().name()));
    return view.inOrder(view.closure(roots));
  }

  /** Returns whether a tensor has rows and columns, and more than one pixel. */
  boolean isMap(String input) {
    Shape shape = shape(input);
    return shape.numDimensions() == 4 && shape.get(1) != 1 && shape.get(2) != 1;
  }

  /** Returns the node that computes an input. */
  NodeDef producer(String input) {
    return view.node(Nodes.source(input));
  }

  /** Returns whether exactly one node and no signature uses a tensor. */
  boolean usedOnce(String input) {
    return users.getOrDefault(canonical(input), 0) == 1;
  }

  /** Returns the node that uses a tensor, if exactly one does and no signature. */
  Optional<NodeDef> onlyUser(String input) {
    return usedOnce(input)
        ? Optional.ofNullable(lastUsers.get(canonical(input)))
        : Optional.empty();
  }

  /** Returns the number of outputs of a node. */
  int outputs(NodeDef node) {
    return graph.operation(node.getName()).numOutputs();
  }

  DataType type(String input) {
    return output(input).dataType();
  }

  boolean isFloat(String input) {
    return type(input) == DataType.DT_FLOAT;
  }

  Shape shape(String input) {
    return output(input).shape();
  }

  private Output<?> output(String input) {
    return graph.operation(Nodes.source(input)).output(index(input));
  }

  /** Returns whether a tensor is the same for all inputs of the signatures. */
  boolean isParameter(String input) {
    return isParameter(producer(input));
  }

  private boolean isParameter(NodeDef node) {
    Boolean known = parameters.get(node.getName());
    if (known == null) {
      known = dependsOnlyOnParameters(node);
      parameters.put(node.getName(), known);
    }
    return known;
  }

  private boolean dependsOnlyOnParameters(NodeDef node) {
    if (VARIABLE_OPS.contains(node.getOp()) || node.getOp().equals("Const")) {
      return true;
    }
    Optional<OpDef> known = RegisteredOps.find(node.getOp());
    if (known.isEmpty() || known.get().getIsStateful() || node.getInputCount() == 0) {
      return false;
    }
    return node.getInputList().stream()
        .allMatch(input -> !input.startsWith("^") && isParameter(producer(input)));
  }

  /** Returns the name of the first variable that a parameter is computed from, if there is one. */
  Optional<String> variable(String input) {
    return view.closure(List.of(Nodes.source(input))).stream()
        .map(view::node)
        .filter(node -> node.getOp().equals("VarHandleOp"))
        .map(NodeDef::getName)
        .findFirst();
  }

  /** Returns a parameter's value. */
  TensorValue value(String parameter) {
    String name = canonical(parameter);
    TensorValue value = values.get(name);
    if (value == null) {
      try (Result result = session.runner().fetch(name).run()) {
        value = Tensors.toValue(result.get(0));
      }
      values.put(name, value);
    }
    return value;
  }

  /** Returns the values of a constant int32 vector; empty if it is not one. */
  Optional<int[]> integers(String input) {
    if (!isParameter(input) || type(input) != DataType.DT_INT32) {
      return Optional.empty();
    }
    return Optional.of(value(input).ints());
  }
}
