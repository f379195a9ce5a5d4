package dev.recal.savedmodels.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/**
 * Checks the call graph of functions. TensorFlow inlines functions: one that reaches itself
 * overflows the native stack, and thirty that each call the next one twice become 2³⁰ nodes.
 */
final class FunctionCheck {

  private record Body(int nodes, List<String> calls) {}

  private record Extent(int depth, double nodes) {}

  private static final class Visit {
    final String name;
    final Iterator<String> calls;
    int depth = 1;
    double nodes;

    Visit(String name, Body body) {
      this.name = name;
      this.calls = body.calls().iterator();
      this.nodes = body.nodes();
    }

    void add(Extent extent) {
      depth = Math.max(depth, extent.depth() + 1);
      nodes += extent.nodes();
    }
  }

  private final CheckLimits limits;
  private final Map<String, Body> bodies = new LinkedHashMap<>();
  private final Map<String, String> gradients = new HashMap<>();
  private final Map<String, Extent> done = new HashMap<>();
  // In call order; iterative, because the depth is untrusted.
  private final Deque<Visit> path = new ArrayDeque<>();
  private final Map<String, Boolean> onPath = new HashMap<>();

  FunctionCheck(CheckLimits limits, GraphDef graph) {
    this.limits = limits;
    graph
        .getLibrary()
        .getGradientList()
        .forEach(gradient -> gradients.put(gradient.getFunctionName(), gradient.getGradientFunc()));
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      bodies.put(function.getSignature().getName(), new Body(0, List.of()));
    }
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      bodies.put(
          function.getSignature().getName(),
          new Body(
              function.getNodeDefCount(),
              calls(function.getNodeDefList(), bodies.keySet(), gradients)));
    }
  }

  void check(GraphDef graph) throws Problem {
    for (String function : bodies.keySet()) {
      walk(function);
    }
    double nodes = graph.getNodeCount();
    for (String call : calls(graph.getNodeList(), bodies.keySet(), gradients)) {
      nodes += done.get(call).nodes();
    }
    require(nodes);
  }

  private void walk(String start) throws Problem {
    enter(start);
    while (!path.isEmpty()) {
      Visit visit = path.peek();
      if (visit.calls.hasNext()) {
        String call = visit.calls.next();
        Extent extent = done.get(call);
        if (extent != null) {
          visit.add(extent);
        } else {
          enter(call);
        }
      } else {
        leave(path.pop());
      }
    }
  }

  private void enter(String function) throws Problem {
    if (done.containsKey(function)) {
      return;
    }
    if (onPath.put(function, true) != null) {
      throw new Problem(
          "its function %s calls itself, directly or through others", Problem.quote(function));
    }
    path.push(new Visit(function, bodies.get(function)));
  }

  private void leave(Visit visit) throws Problem {
    onPath.remove(visit.name);
    if (visit.depth > limits.functionDepth()) {
      throw new Problem(
          "its function %s calls others more than %d deep",
          Problem.quote(visit.name), limits.functionDepth());
    }
    require(visit.nodes);
    Extent extent = new Extent(visit.depth, visit.nodes);
    done.put(visit.name, extent);
    if (!path.isEmpty()) {
      path.peek().add(extent);
    }
  }

  private void require(double nodes) throws Problem {
    if (nodes > limits.expandedNodes()) {
      throw new Problem(
          "its functions expand to %,.0f nodes; at most %,d are allowed",
          nodes, limits.expandedNodes());
    }
  }

  /** Returns the functions that nodes call, by an attribute or by the name of the operation. */
  static List<String> calls(
      Collection<NodeDef> nodes, Collection<String> functions, Map<String, String> gradients) {
    List<String> calls = new ArrayList<>();
    for (NodeDef node : nodes) {
      calls.add(node.getOp());
      node.getAttrMap().values().forEach(value -> collect(value, calls));
      if (node.getOp().equals("SymbolicGradient") && node.containsAttr("f")) {
        String function = node.getAttrOrThrow("f").getFunc().getName();
        calls.add(gradients.getOrDefault(function, function));
      }
    }
    calls.removeIf(name -> !functions.contains(name));
    return calls;
  }

  private static void collect(AttrValue value, List<String> calls) {
    if (value.hasFunc()) {
      collect(value.getFunc(), calls);
    } else if (value.hasList()) {
      value.getList().getFuncList().forEach(function -> collect(function, calls));
    }
  }

  private static void collect(NameAttrList function, List<String> calls) {
    calls.add(function.getName());
    function.getAttrMap().values().forEach(value -> collect(value, calls));
  }
}
