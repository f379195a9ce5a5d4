package dev.recal.savedmodels.check;

import dev.recal.ops.checkpoint.ElementWidth;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** Checks the nodes of a graph and of its functions: names, inputs, attributes. */
final class GraphCheck {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_.>\\\\/-]*");
  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  private final TensorCheck tensors;
  private final long largestVariable;

  GraphCheck(CheckLimits limits, long checkpointBytes) {
    this.tensors = new TensorCheck(limits);
    this.largestVariable = Math.max(limits.claimedBytes(), checkpointBytes);
  }

  void check(GraphDef graph) throws Problem {
    Set<String> names = names("", graph.getNodeList(), Set.of());
    for (NodeDef node : graph.getNodeList()) {
      if (!NAME.matcher(node.getName()).matches()) {
        throw new Problem("it has a node with the invalid name %s", Problem.quote(node.getName()));
      }
      inputs("", node, names);
      node("", node);
    }
    Set<String> functions = new HashSet<>();
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      String name = function.getSignature().getName();
      if (!functions.add(name)) {
        throw new Problem("it has two functions named %s", Problem.quote(name));
      }
      function(function);
    }
  }

  private void function(FunctionDef function) throws Problem {
    String place = " of function " + Problem.quote(function.getSignature().getName());
    Set<String> arguments = new HashSet<>();
    for (OpDef.ArgDef argument : function.getSignature().getInputArgList()) {
      if (!arguments.add(argument.getName())) {
        throw new Problem(
            "there are two arguments%s named %s", place, Problem.quote(argument.getName()));
      }
    }
    Set<String> names = names(place, function.getNodeDefList(), arguments);
    for (NodeDef node : function.getNodeDefList()) {
      inputs(place, node, names);
      node(place, node);
    }
    for (Map<String, String> ends : List.of(function.getRetMap(), function.getControlRetMap())) {
      for (String end : ends.values()) {
        known("the result" + place, end, names);
      }
    }
    attributes("an attribute" + place, function.getAttrMap());
    for (FunctionDef.ArgAttrs argument : function.getArgAttrMap().values()) {
      attributes("an argument" + place, argument.getAttrMap());
    }
  }

  private static Set<String> names(String place, Collection<NodeDef> nodes, Set<String> taken)
      throws Problem {
    Set<String> names = new HashSet<>(taken);
    for (NodeDef node : nodes) {
      if (!names.add(node.getName())) {
        throw new Problem("there are two nodes%s named %s", place, Problem.quote(node.getName()));
      }
    }
    return names;
  }

  private static void inputs(String place, NodeDef node, Set<String> names) throws Problem {
    for (String input : node.getInputList()) {
      known("node " + Problem.quote(node.getName()) + place, input, names);
    }
  }

  private static void known(String place, String input, Set<String> names) throws Problem {
    String name = nodeOf(input);
    if (!names.contains(name)) {
      throw new Problem(
          "%s takes its input from %s, which does not exist", place, Problem.quote(input));
    }
  }

  /**
   * Returns the node of an input: {@code ^node}, {@code node}, {@code node:0}, {@code node:out:0}.
   */
  static String nodeOf(String input) {
    String name = input.startsWith("^") ? input.substring(1) : input;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private void node(String place, NodeDef node) throws Problem {
    String where = "node " + Problem.quote(node.getName()) + place;
    attributes(where, node.getAttrMap());
    if (VARIABLES.contains(node.getOp())) {
      variable(where, node);
    }
  }

  private void attributes(String place, Map<String, AttrValue> attributes) throws Problem {
    for (AttrValue value : attributes.values()) {
      tensors.attribute(place, value);
    }
  }

  // A variable is restored from the checkpoint, so it cannot be larger than that.
  private void variable(String place, NodeDef node) throws Problem {
    Map<String, AttrValue> attributes = new HashMap<>(node.getAttrMap());
    AttrValue shape = attributes.getOrDefault("shape", AttrValue.getDefaultInstance());
    AttrValue type = attributes.getOrDefault("dtype", AttrValue.getDefaultInstance());
    long elements = TensorCheck.shape(place, shape.getShape());
    int width = ElementWidth.of(type.getType());
    if (width > 0 && elements > largestVariable / width) {
      throw new Problem(
          "%s is a variable of %,d elements, more than the model's files contain", place, elements);
    }
  }
}
