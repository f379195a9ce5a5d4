package dev.recal.savedmodels.meta;

import dev.recal.ops.runtime.Graphs;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpList;

/** The operations registered in the running TensorFlow. */
public final class RegisteredOps {

  // Attributes that describe the execution, not the graph.
  private static final String OUTPUT_SHAPES = "_output_shapes";

  private RegisteredOps() {}

  private static final class Holder {
    static final Map<String, OpDef> BY_NAME = load();
    static final int GRAPH_VERSION = graphVersion();

    private static int graphVersion() {
      try (Graph graph = Graphs.create()) {
        return graph.toGraphDef().getVersions().getProducer();
      }
    }

    private static Map<String, OpDef> load() {
      Map<String, OpDef> definitions = new LinkedHashMap<>();
      TensorFlow.registeredOpList().getOpList().forEach(op -> definitions.put(op.getName(), op));
      return definitions;
    }
  }

  /** Returns the definition of an operation. */
  static OpDef definition(String operation) {
    OpDef definition = Holder.BY_NAME.get(operation);
    if (definition == null) {
      throw new IllegalArgumentException(
          "servable: TensorFlow has no operation of type '" + operation + "'.");
    }
    return definition;
  }

  /** Returns whether an operation is registered, and its results depend only on its inputs. */
  static boolean isStateless(String operation) {
    OpDef definition = Holder.BY_NAME.get(operation);
    return definition != null && !definition.getIsStateful();
  }

  /**
   * Returns the graph without attributes that have their default value: an older TensorFlow rejects
   * unknown attributes, even if they have the default value.
   */
  static GraphDef withoutDefaults(GraphDef graph) {
    GraphDef.Builder stripped = graph.toBuilder();
    stripped.getNodeBuilderList().forEach(RegisteredOps::stripDefaults);
    stripped
        .getLibraryBuilder()
        .getFunctionBuilderList()
        .forEach(
            function -> function.getNodeDefBuilderList().forEach(RegisteredOps::stripDefaults));
    return stripped.build();
  }

  private static void stripDefaults(NodeDef.Builder node) {
    node.removeAttr(OUTPUT_SHAPES);
    OpDef definition = Holder.BY_NAME.get(node.getOp());
    if (definition == null) {
      return;
    }
    for (OpDef.AttrDef attribute : definition.getAttrList()) {
      AttrValue value = node.getAttrOrDefault(attribute.getName(), null);
      if (attribute.hasDefaultValue() && attribute.getDefaultValue().equals(value)) {
        node.removeAttr(attribute.getName());
      }
    }
  }

  /** Returns the definitions of the operations that a graph and its functions use. */
  static OpList used(GraphDef graph) {
    Map<String, OpDef> used = new TreeMap<>();
    collect(graph.getNodeList(), used);
    graph.getLibrary().getFunctionList().forEach(f -> collect(f.getNodeDefList(), used));
    return OpList.newBuilder().addAllOp(used.values()).build();
  }

  private static void collect(Collection<NodeDef> nodes, Map<String, OpDef> used) {
    for (NodeDef node : nodes) {
      OpDef definition = Holder.BY_NAME.get(node.getOp());
      if (definition != null) {
        used.computeIfAbsent(
            node.getOp(), name -> definition.toBuilder().clearSummary().clearDescription().build());
      }
    }
  }

  /** Returns the definition of an operation, if the running TensorFlow has it. */
  public static Optional<OpDef> find(String operation) {
    return Optional.ofNullable(Holder.BY_NAME.get(operation));
  }

  /** Returns the version of the running TensorFlow, for example {@code 2.18.0}. */
  public static String version() {
    return TensorFlow.version();
  }

  /** Returns the version of graphs that the running TensorFlow writes and reads. */
  public static int graphVersion() {
    return Holder.GRAPH_VERSION;
  }
}
