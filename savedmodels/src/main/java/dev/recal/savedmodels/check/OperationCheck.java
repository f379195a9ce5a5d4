package dev.recal.savedmodels.check;

import dev.recal.savedmodels.meta.RegisteredOps;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Checks the operations: whether TensorFlow has them, how many inputs and outputs they claim, and
 * whether they write files.
 */
final class OperationCheck {

  // Operations that write to a path given by an attribute or an input, or run code that is not part
  // of TensorFlow.
  private static final Set<String> WRITERS =
      Set.of(
          "CreateSummaryDbWriter",
          "CreateSummaryFileWriter",
          "DatasetToTFRecord",
          "DebugIdentity",
          "DebugIdentityV2",
          "DebugNumericSummary",
          "DistributedSave",
          "ExperimentalDatasetToTFRecord",
          "MergeV2Checkpoints",
          "PrintV2",
          "PyFunc",
          "PyFuncStateless",
          "EagerPyFunc",
          "Save",
          "SaveDataset",
          "SaveDatasetV2",
          "SaveSlices",
          "SaveV2",
          "SnapshotDataset",
          "SnapshotDatasetV2",
          "WriteFile");
  private static final String FILE_PREFIX = "file://";
  private static final long MAX_OUTPUTS = 100_000;
  private static final AttrValue NONE = AttrValue.getDefaultInstance();

  private final GraphDef graph;
  private final Map<String, FunctionDef> functions = new LinkedHashMap<>();

  OperationCheck(GraphDef graph) {
    this.graph = graph;
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  /** Rejects operations that this TensorFlow does not have, in the graph and in functions. */
  void known() throws Problem {
    Set<String> unknown = new TreeSet<>();
    collectUnknown(graph.getNodeList(), unknown);
    functions.values().forEach(function -> collectUnknown(function.getNodeDefList(), unknown));
    if (!unknown.isEmpty()) {
      throw new Problem(
          "it uses operations that TensorFlow %s does not have: %s",
          RegisteredOps.version(),
          String.join(", ", unknown.stream().limit(10).map(Problem::quote).toList()));
    }
  }

  private void collectUnknown(Collection<NodeDef> nodes, Set<String> unknown) {
    for (NodeDef node : nodes) {
      if (RegisteredOps.find(node.getOp()).isEmpty() && !functions.containsKey(node.getOp())) {
        unknown.add(node.getOp());
      }
    }
  }

  /**
   * Rejects lists of inputs that are longer than a node's inputs, and lists of outputs longer than
   * any operation needs: TensorFlow allocates memory for each before it counts them.
   */
  void counted() throws Problem {
    for (NodeDef node : graph.getNodeList()) {
      counted(node, "");
    }
    for (FunctionDef function : functions.values()) {
      String place = " of function " + Problem.quote(function.getSignature().getName());
      for (NodeDef node : function.getNodeDefList()) {
        counted(node, place);
      }
    }
  }

  private void counted(NodeDef node, String place) throws Problem {
    Optional<OpDef> definition =
        RegisteredOps.find(node.getOp())
            .or(() -> Optional.ofNullable(functions.get(node.getOp())).map(f -> f.getSignature()));
    if (definition.isPresent()) {
      counted(node, place, definition.get().getInputArgList(), node.getInputCount(), "inputs");
      counted(node, place, definition.get().getOutputArgList(), MAX_OUTPUTS, "outputs");
    }
  }

  private static void counted(
      NodeDef node, String place, List<OpDef.ArgDef> arguments, long maximum, String kind)
      throws Problem {
    for (OpDef.ArgDef argument : arguments) {
      String attribute = argument.getNumberAttr();
      long count = attribute.isEmpty() ? 0 : node.getAttrOrDefault(attribute, NONE).getI();
      if (count < 0 || count > maximum) {
        throw new Problem(
            "node %s%s sets the number of its %s '%s' to %,d; expected at most %,d",
            Problem.quote(node.getName()), place, kind, argument.getName(), count, maximum);
      }
    }
  }

  /**
   * Rejects operations that write files and that run when the roots run.
   *
   * @param roots nodes or tensors that run when the model is loaded or called
   */
  void writesNothing(Collection<String> roots) throws Problem {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> reached = new HashSet<>();
    Deque<NodeDef> open = new ArrayDeque<>();
    for (String root : roots) {
      collectReachable(GraphCheck.nodeOf(root), nodes, reached, open);
    }
    Set<String> called = new HashSet<>();
    Deque<String> calls = new ArrayDeque<>();
    while (!open.isEmpty()) {
      NodeDef node = open.pop();
      require(node, "");
      for (String input : node.getInputList()) {
        collectReachable(GraphCheck.nodeOf(input), nodes, reached, open);
      }
      calls.addAll(FunctionCheck.calls(List.of(node), functions.keySet(), Map.of()));
    }
    while (!calls.isEmpty()) {
      String name = calls.pop();
      if (called.add(name)) {
        FunctionDef function = functions.get(name);
        for (NodeDef node : function.getNodeDefList()) {
          require(node, " of function " + Problem.quote(name));
        }
        calls.addAll(FunctionCheck.calls(function.getNodeDefList(), functions.keySet(), Map.of()));
      }
    }
  }

  private static void collectReachable(
      String name, Map<String, NodeDef> nodes, Set<String> reached, Deque<NodeDef> open) {
    NodeDef node = nodes.get(name);
    if (node != null && reached.add(name)) {
      open.push(node);
    }
  }

  private static void require(NodeDef node, String place) throws Problem {
    if (!WRITERS.contains(node.getOp())) {
      return;
    }
    // PrintV2 prints to the log; it only writes to a file if given a file name.
    if (node.getOp().equals("PrintV2")
        && !(node.containsAttr("output_stream")
            && node.getAttrOrThrow("output_stream")
                .getS()
                .toStringUtf8()
                .startsWith(FILE_PREFIX))) {
      return;
    }
    throw new Problem(
        "node %s%s is a %s, which would write files or run foreign code when the model is called",
        Problem.quote(node.getName()), place, node.getOp());
  }
}
