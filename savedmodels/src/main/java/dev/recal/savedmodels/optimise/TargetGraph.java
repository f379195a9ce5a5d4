package dev.recal.savedmodels.optimise;

import dev.recal.savedmodels.meta.Nodes;
import dev.recal.savedmodels.tensor.TensorValue;
import dev.recal.savedmodels.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Tensor;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;

/**
 * The nodes of the graph that is being written. Weights are constants: oneDNN converts a constant
 * kernel to its own layout once, but a variable in every call, which takes half the time of a
 * single image.
 */
final class TargetGraph {

  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<String, TensorValue> parameters = new LinkedHashMap<>();
  private final Set<String> reserved;

  /**
   * A graph without nodes.
   *
   * @param reserved names that {@link #free} does not return
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
   * Stores a value as a constant, or reuses an equal one of that name.
   *
   * @param name of the constant; a number is appended if another value has the name
   * @return the tensor
   */
  String store(String name, TensorValue value) {
    String candidate = name;
    for (int i = 1; nodes.containsKey(candidate); i++) {
      if (value.equals(parameters.get(candidate))) {
        return candidate;
      }
      candidate = name + "_" + i;
    }
    parameters.put(candidate, value);
    try (Tensor tensor = Tensors.toTensor(value)) {
      put(Nodes.constant(candidate, tensor));
    }
    return candidate;
  }

  /** Returns the graph. */
  GraphDef definition(FunctionDefLibrary library, VersionDef versions) {
    return GraphDef.newBuilder()
        .addAllNode(nodes.values())
        .setLibrary(library)
        .setVersions(versions)
        .build();
  }
}
