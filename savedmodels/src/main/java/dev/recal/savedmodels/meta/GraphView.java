package dev.recal.savedmodels.meta;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GradientDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** The dependencies of a graph definition, by name. */
public final class GraphView {

  private final GraphDef graph;
  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<String, FunctionDef> functions = new LinkedHashMap<>();

  /** Indexes a graph. */
  public GraphView(GraphDef graph) {
    this.graph = graph;
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  /**
   * Returns a node.
   *
   * @throws IllegalStateException if there is no such node
   */
  public NodeDef node(String name) {
    NodeDef node = nodes.get(name);
    if (node == null) {
      throw new IllegalStateException("The graph has no operation '" + name + "'.");
    }
    return node;
  }

  /**
   * Returns the names of some nodes and of all their dependencies, through data and control edges.
   */
  public Set<String> closure(Collection<String> roots) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (reached.add(name)) {
        node(name).getInputList().forEach(input -> open.push(Nodes.source(input)));
      }
    }
    return reached;
  }

  /** Returns the nodes of those names in the graph's order. */
  public List<NodeDef> inOrder(Set<String> names) {
    return graph.getNodeList().stream().filter(node -> names.contains(node.getName())).toList();
  }

  /** Returns the names of a node's outputs in function notation, for example {@code output:0}. */
  List<String> outputNames(NodeDef node) {
    FunctionDef function = functions.get(node.getOp());
    OpDef definition =
        function == null ? RegisteredOps.definition(node.getOp()) : function.getSignature();
    List<String> names = new ArrayList<>();
    for (OpDef.ArgDef output : definition.getOutputArgList()) {
      long count = count(output, node);
      for (int i = 0; i < count; i++) {
        names.add(output.getName() + ":" + i);
      }
    }
    return names;
  }

  private static long count(OpDef.ArgDef output, NodeDef node) {
    if (!output.getNumberAttr().isEmpty()) {
      return node.getAttrOrThrow(output.getNumberAttr()).getI();
    }
    if (!output.getTypeListAttr().isEmpty()) {
      return node.getAttrOrThrow(output.getTypeListAttr()).getList().getTypeCount();
    }
    return 1;
  }

  /** Returns the functions that some nodes call, directly or through other functions. */
  public FunctionDefLibrary library(Collection<NodeDef> callers) {
    Set<String> called = new LinkedHashSet<>();
    callers.forEach(node -> collect(node, called));
    FunctionDefLibrary.Builder library = FunctionDefLibrary.newBuilder();
    functions.values().stream()
        .filter(function -> called.contains(function.getSignature().getName()))
        .forEach(library::addFunction);
    for (GradientDef gradient : graph.getLibrary().getGradientList()) {
      if (called.contains(gradient.getFunctionName())
          && called.contains(gradient.getGradientFunc())) {
        library.addGradient(gradient);
      }
    }
    return library.build();
  }

  private void collect(NodeDef node, Set<String> called) {
    call(node.getOp(), called);
    for (AttrValue value : node.getAttrMap().values()) {
      call(value.getFunc().getName(), called);
      value.getList().getFuncList().forEach(function -> call(function.getName(), called));
    }
  }

  private void call(String name, Set<String> called) {
    FunctionDef function = functions.get(name);
    if (function != null && called.add(name)) {
      function.getNodeDefList().forEach(node -> collect(node, called));
    }
  }
}
