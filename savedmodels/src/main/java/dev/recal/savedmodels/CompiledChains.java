package dev.recal.savedmodels;

import com.google.protobuf.ByteString;
import dev.recal.ops.runtime.Xla;
import dev.recal.savedmodels.meta.Nodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Gates' products in bfloat16 with what follows them on the map, as the addition of a shortcut and
 * a relu: TensorFlow compiles each chain with {@link Xla} into one loop. Its own kernels are a pass
 * over the map each.
 *
 * <p>In float32 the chains are a small part of the time, and are left as they are.
 *
 * <p>XLA compiles for one shape, at a chain's first call and at the second with another shape, and
 * stops where shapes change more often than calls repeat.
 */
final class CompiledChains {

  private static final Set<String> MAPS =
      Set.of("Conv2D", "DepthwiseConv2dNative", "BiasAdd", "FusedBatchNormV3");
  private static final String PRODUCT = "Mul";
  // Between types of one size: no pass of its own.
  private static final String CAST = "Bitcast";
  private static final Set<String> ELEMENTWISE =
      Set.of(PRODUCT, CAST, "Add", "AddV2", "Sub", "Maximum", "Minimum", "Relu", "Relu6");
  private static final Set<DataType> TYPES = Set.of(DataType.DT_BFLOAT16, DataType.DT_INT16);

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, List<NodeDef>> consumers = new HashMap<>();
  private final Map<String, String> scopes = new HashMap<>();

  private CompiledChains(GraphDef graph) {
    for (NodeDef node : graph.getNodeList()) {
      nodes.put(node.getName(), node);
      for (String input : node.getInputList()) {
        consumers.computeIfAbsent(Nodes.source(input), name -> new ArrayList<>()).add(node);
      }
    }
  }

  /** Returns the model with the chains of its graph marked. */
  static MetaGraphDef marked(MetaGraphDef model) {
    return model.toBuilder().setGraphDef(marked(model.getGraphDef())).build();
  }

  /** Returns the graph with its chains marked, or itself where there is none. */
  static GraphDef marked(GraphDef graph) {
    if (!Xla.isAvailable() || graph.getNodeList().stream().noneMatch(CompiledChains::isProduct)) {
      return graph;
    }
    CompiledChains chains = new CompiledChains(graph);
    graph.getNodeList().stream().filter(chains::isGate).forEach(chains::follow);
    GraphDef.Builder marked = graph.toBuilder();
    for (NodeDef.Builder node : marked.getNodeBuilderList()) {
      String scope = chains.scopes.get(node.getName());
      if (scope != null) {
        node.putAttr(Xla.COMPILE, AttrValue.newBuilder().setB(true).build());
        node.putAttr(
            Xla.SCOPE, AttrValue.newBuilder().setS(ByteString.copyFromUtf8(scope)).build());
      }
    }
    return marked.build();
  }

  private static boolean isProduct(NodeDef node) {
    return node.getOp().equals(PRODUCT) && type(node) == DataType.DT_BFLOAT16;
  }

  private boolean isGate(NodeDef node) {
    return isProduct(node)
        && node.getInputList().stream()
            .map(input -> nodes.get(Nodes.source(input)))
            .anyMatch(input -> input != null && MAPS.contains(input.getOp()));
  }

  private void follow(NodeDef gate) {
    Set<NodeDef> chain = new LinkedHashSet<>();
    NodeDef node = gate;
    // Two products of one sum meet, and are one chain; a cycle ends where it began.
    while (node != null && !scopes.containsKey(node.getName()) && chain.add(node)) {
      node = next(node);
    }
    long passes = chain.stream().filter(link -> !link.getOp().equals(CAST)).count();
    String met = node == null ? null : scopes.get(node.getName());
    if (met != null || passes > 1) {
      String scope = met == null ? gate.getName() : met;
      chain.forEach(link -> scopes.put(link.getName(), scope));
    }
  }

  private NodeDef next(NodeDef node) {
    List<NodeDef> users = consumers.getOrDefault(node.getName(), List.of());
    if (users.size() != 1) {
      return null;
    }
    NodeDef user = users.get(0);
    return ELEMENTWISE.contains(user.getOp()) && isNarrow(user) ? user : null;
  }

  private static boolean isNarrow(NodeDef node) {
    return TYPES.contains(type(node))
        && (!node.getOp().equals(CAST) || TYPES.contains(type(node, "type")));
  }

  private static DataType type(NodeDef node) {
    return type(node, "T");
  }

  private static DataType type(NodeDef node, String attribute) {
    return node.getAttrOrDefault(attribute, AttrValue.getDefaultInstance()).getType();
  }
}
