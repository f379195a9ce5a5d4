package dev.recal.savedmodels.meta;

import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Replaces random values that do not depend on a signature's inputs by constants.
 *
 * <p>A stateless random operation of constant size and constant seed, such as a generator's noise
 * maps, is the same in every call. But ONNX, TensorFlow.js and TFLite have no such operation, so
 * their converters reject it, and accept the constant.
 */
final class RandomFolding {

  private static final Set<String> RANDOM_OPS =
      Set.of("StatelessRandomNormal", "StatelessRandomUniform");
  private static final String CONSTANT = "Const";

  // One map of 512×512; every signature has one copy in the flat graph and one in its function.
  private static final long MAX_VALUES = 1 << 18;

  private RandomFolding() {}

  /** Returns the graph with such operations evaluated; larger ones are kept. */
  static GraphDef evaluate(GraphDef graph) {
    GraphView view = new GraphView(graph);
    List<String> draws = new ArrayList<>();
    Set<String> needed = new LinkedHashSet<>();
    for (NodeDef node : graph.getNodeList()) {
      if (RANDOM_OPS.contains(node.getOp())) {
        Set<String> closure = view.closure(Set.of(node.getName()));
        if (closure.stream().map(view::node).allMatch(RandomFolding::isFixed)) {
          draws.add(node.getName());
          needed.addAll(closure);
        }
      }
    }
    if (draws.isEmpty()) {
      return graph;
    }
    GraphDef part =
        GraphDef.newBuilder()
            .addAllNode(view.inOrder(needed))
            .setVersions(graph.getVersions())
            .build();
    Map<String, NodeDef> constants = constants(part, draws);
    GraphDef.Builder changed = graph.toBuilder().clearNode();
    graph
        .getNodeList()
        .forEach(node -> changed.addNode(constants.getOrDefault(node.getName(), node)));
    return changed.build();
  }

  // A node without inputs is an external value, unless it is a constant.
  private static boolean isFixed(NodeDef node) {
    return node.getOp().equals(CONSTANT)
        || node.getInputCount() > 0 && RegisteredOps.isStateless(node.getOp());
  }

  private static Map<String, NodeDef> constants(GraphDef part, List<String> draws) {
    Map<String, NodeDef> constants = new LinkedHashMap<>();
    try (Graph graph = Graphs.create()) {
      graph.importGraphDef(part);
      try (Session session = Sessions.unoptimised(graph)) {
        // In one run, because a session optimises the whole graph again for each set of fetches.
        Session.Runner runner = session.runner();
        draws.forEach(runner::fetch);
        try (Result result = runner.run()) {
          for (int i = 0; i < draws.size(); i++) {
            Tensor value = result.get(i);
            if (value.size() <= MAX_VALUES) {
              constants.put(draws.get(i), Nodes.constant(draws.get(i), value));
            }
          }
        }
      }
    }
    return constants;
  }
}
