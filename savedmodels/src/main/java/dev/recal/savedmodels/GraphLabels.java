package dev.recal.savedmodels;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.recal.savedmodels.meta.Nodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;

/**
 * Class names that a graph holds as a constant and answers with: the strings behind an output
 * {@code labels} or {@code classes}. They are part of the graph, so that no other file can replace
 * them.
 */
final class GraphLabels {

  private static final String CLASSIFY = "tensorflow/serving/classify";

  // Operations between the names and an output that selects among them; the names are their first
  // input.
  private static final Set<String> PASS_THROUGH =
      Set.of("Gather", "GatherV2", "Identity", "Reshape", "ExpandDims", "Tile");

  private GraphLabels() {}

  /** Returns the names in the order of the classes; empty if the graph has none, or several. */
  static List<String> of(MetaGraphDef metaGraph) {
    Map<String, NodeDef> nodes = new HashMap<>();
    metaGraph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    List<List<String>> found =
        metaGraph.getSignatureDefMap().values().stream()
            .flatMap(GraphLabels::outputs)
            .map(tensor -> constant(nodes, tensor))
            .filter(names -> !names.isEmpty())
            .distinct()
            .toList();
    return found.size() == 1 ? found.get(0) : List.of();
  }

  private static Stream<String> outputs(SignatureDef signature) {
    return signature.getOutputsMap().entrySet().stream()
        .filter(output -> output.getValue().getDtype() == DataType.DT_STRING)
        .filter(
            output ->
                output.getKey().equals("labels")
                    || output.getKey().equals("classes")
                        && signature.getMethodName().equals(CLASSIFY))
        .map(output -> output.getValue().getName());
  }

  private static List<String> constant(Map<String, NodeDef> nodes, String tensor) {
    Set<String> seen = new HashSet<>();
    NodeDef node = nodes.get(Nodes.source(tensor));
    while (node != null && seen.add(node.getName())) {
      if (node.getOp().equals("Const")) {
        return strings(node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor());
      }
      boolean passes = PASS_THROUGH.contains(node.getOp()) && node.getInputCount() > 0;
      node = passes ? nodes.get(Nodes.source(node.getInput(0))) : null;
    }
    return List.of();
  }

  private static List<String> strings(TensorProto value) {
    long count = elements(value);
    if (value.getDtype() != DataType.DT_STRING || value.getTensorShape().getDimCount() == 0) {
      return List.of();
    }
    if (value.getStringValCount() == count) {
      return value.getStringValList().stream().map(bytes -> bytes.toString(UTF_8)).toList();
    }
    return packed(value.getTensorContent(), count);
  }

  // TensorFlow packs strings as all their lengths, followed by all their bytes.
  private static List<String> packed(ByteString content, long count) {
    List<String> strings = new ArrayList<>();
    try {
      CodedInputStream lengths = content.newCodedInput();
      CodedInputStream bytes = content.newCodedInput();
      for (long i = 0; i < count; i++) {
        bytes.readRawVarint32();
      }
      for (long i = 0; i < count; i++) {
        strings.add(new String(bytes.readRawBytes(lengths.readRawVarint32()), UTF_8));
      }
      return bytes.isAtEnd() ? strings : List.of();
    } catch (IOException e) {
      // TensorFlow does not write this; loading the model will fail.
      return List.of();
    }
  }

  private static long elements(TensorProto value) {
    return value.getTensorShape().getDimList().stream()
        .mapToLong(dimension -> dimension.getSize())
        .reduce(1, (a, b) -> a * b);
  }
}
