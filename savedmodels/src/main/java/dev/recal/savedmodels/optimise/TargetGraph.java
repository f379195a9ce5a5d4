package dev.recal.savedmodels.optimise;

import com.google.protobuf.ByteString;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.savedmodels.meta.Nodes;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/** The nodes and the variables of the graph that is being written. */
final class TargetGraph {

  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<String, TensorValue> variables = new LinkedHashMap<>();
  private final Set<String> reserved;

  /**
   * A graph without nodes.
   *
   * @param reserved names that {@link #free} does not give away
   */
  TargetGraph(Set<String> reserved) {
    this.reserved = reserved;
  }

  /** Adds a node, whose name must be free. */
  void put(NodeDef node) {
    if (nodes.putIfAbsent(node.getName(), node) != null) {
      throw new IllegalStateException("Two operations are named '" + node.getName() + "'.");
    }
  }

  /** Returns the name, or the first of {@code name_1}, {@code name_2} … that is free. */
  String free(String name) {
    String candidate = name;
    for (int i = 1; nodes.containsKey(candidate) || reserved.contains(candidate); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }

  /**
   * Stores a value in a variable; an equal one of that name is taken again.
   *
   * @param name of the variable; it gets a number where another value has the name
   * @param value of float32 or bfloat16
   * @return the tensor that reads it
   */
  String store(String name, TensorValue value) {
    String candidate = name;
    for (int i = 1; nodes.containsKey(candidate); i++) {
      if (value.equals(variables.get(candidate))) {
        return read(candidate);
      }
      candidate = name + "_" + i;
    }
    variables.put(candidate, value);
    AttrValue type = Nodes.type(value.type().proto());
    AttrValue shape = AttrValue.newBuilder().setShape(Nodes.shape(value.shape())).build();
    AttrValue shared = AttrValue.newBuilder().setS(ByteString.copyFromUtf8(candidate)).build();
    put(
        Nodes.node(candidate, "VarHandleOp", List.of())
            .putAttr("dtype", type)
            .putAttr("shape", shape)
            .putAttr("shared_name", shared)
            .build());
    String first = candidate + "/Initializer/value";
    put(
        Nodes.node(first, "Placeholder", List.of())
            .putAttr("dtype", type)
            .putAttr("shape", shape)
            .build());
    put(
        Nodes.node(candidate + "/Assign", "AssignVariableOp", List.of(candidate, first))
            .putAttr("dtype", type)
            .build());
    put(
        Nodes.node(read(candidate), "ReadVariableOp", List.of(candidate))
            .putAttr("dtype", type)
            .build());
    return read(candidate);
  }

  private static String read(String variable) {
    return variable + "/Read/ReadVariableOp";
  }

  /** Returns the graph. */
  GraphDef definition(FunctionDefLibrary library, VersionDef versions) {
    return GraphDef.newBuilder()
        .addAllNode(nodes.values())
        .setLibrary(library)
        .setVersions(versions)
        .build();
  }

  /** Finds the variables in a graph that was made of the definition. */
  VariableStore adopt(Graph graph) {
    VariableStore store = new VariableStore(graph, 0);
    variables.forEach(
        (name, value) -> {
          if (value.type() == ElementType.BFLOAT16) {
            store.adopt(name, TBfloat16.class, value.shape());
          } else {
            store.adopt(name, TFloat32.class, value.shape());
          }
        });
    return store;
  }

  /** Gives the variables of a session their values. */
  void assign(Session session, VariableStore store) {
    variables.forEach(
        (name, value) -> {
          Variable<?> variable = store.find(name).orElseThrow();
          try (Tensor tensor = Tensors.toTensor(value)) {
            session
                .runner()
                .feed(variable.initialValue(), tensor)
                .addTarget(variable.initializer())
                .run()
                .close();
          }
        });
  }
}
