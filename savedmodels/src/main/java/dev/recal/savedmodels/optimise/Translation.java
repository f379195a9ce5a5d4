package dev.recal.savedmodels.optimise;

import dev.recal.ops.ServableSignature;
import dev.recal.savedmodels.meta.Nodes;
import dev.recal.savedmodels.tensor.ElementType;
import dev.recal.savedmodels.tensor.TensorValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Rewrites a graph from its outputs to its inputs: each node by the first rule that applies, and
 * unchanged if there is none.
 *
 * <p>A rule requests the values of a node's inputs in the type that it needs, which writes them
 * first. Nodes that are never requested are not written.
 */
final class Translation {

  private final SourceGraph source;
  private final TargetGraph target;
  private final List<Rule> rules;
  private final boolean narrows;
  private final Set<String> folded = new HashSet<>();
  private final Set<String> narrowed = new HashSet<>();
  private final Map<String, List<Value>> written = new HashMap<>();
  private final Map<String, String> casts = new HashMap<>();

  Translation(SourceGraph source, TargetGraph target, List<Rule> rules, boolean narrows) {
    this.source = source;
    this.target = target;
    this.rules = rules;
    this.narrows = narrows;
  }

  SourceGraph source() {
    return source;
  }

  TargetGraph target() {
    return target;
  }

  /** Returns whether convolutions are converted to bfloat16. */
  boolean narrows() {
    return narrows;
  }

  /** Records that a norm was folded. */
  void countFolded(NodeDef norm) {
    folded.add(norm.getName());
  }

  /** Records that a convolution computes in bfloat16. */
  void countNarrowed(NodeDef convolution) {
    narrowed.add(convolution.getName());
  }

  /**
   * Counts the optimisations.
   *
   * @param signature whose outputs have been written
   */
  OptimisedCounts counts(ServableSignature signature) {
    Set<String> norms = new HashSet<>();
    Set<String> convolutions = new HashSet<>();
    for (NodeDef node : source.needed(signature)) {
      if (Affine.of(source, node).isPresent() && source.isMap(node.getName())) {
        norms.add(node.getName());
      } else if (Contractions.isConvolution(node) && source.isMap(node.getName())) {
        convolutions.add(node.getName());
      }
    }
    return new OptimisedCounts(
        norms.size(),
        (int) norms.stream().filter(folded::contains).count(),
        convolutions.size(),
        (int) convolutions.stream().filter(narrowed::contains).count());
  }

  /** Returns the value that replaces an input of the original. */
  Value value(String input) {
    if (source.isFloat(input) && dependsOnVariables(input)) {
      return Value.float32(target.store(parameterName(input), source.value(input)));
    }
    NodeDef node = source.producer(input);
    List<Value> values = written.get(node.getName());
    if (values == null) {
      values = write(node);
      written.put(node.getName(), values);
    }
    return values.get(SourceGraph.index(input));
  }

  /** Returns the input in its original type. */
  String float32(String input) {
    Value value = value(input);
    return value.narrow() ? cast(value.tensor(), DataType.DT_FLOAT) : value.tensor();
  }

  /** Returns a float32 input in bfloat16. */
  String narrow(String input) {
    if (dependsOnVariables(input)) {
      return target.store(parameterName(input), source.value(input).as(ElementType.BFLOAT16));
    }
    Value value = value(input);
    return value.narrow() ? value.tensor() : cast(value.tensor(), DataType.DT_BFLOAT16);
  }

  /** Stores a parameter computed by a rule. */
  String store(String name, float[] values, boolean narrow, long... shape) {
    TensorValue value = TensorValue.of(values, shape);
    return target.store(name, narrow ? value.as(ElementType.BFLOAT16) : value);
  }

  /** Returns a parameter's name: that of its first variable. */
  String parameterName(String input) {
    return source.variable(input).orElse(Nodes.source(input) + "/parameter");
  }

  private boolean dependsOnVariables(String input) {
    return source.isParameter(input) && source.variable(input).isPresent();
  }

  /**
   * Adds an operation of one output.
   *
   * @param name the preferred name; a number is appended if it is taken
   */
  String add(
      String name, String operation, List<String> inputs, Map<String, AttrValue> attributes) {
    String free = target.free(name);
    target.put(Nodes.node(free, operation, inputs).putAllAttr(attributes).build());
    return free;
  }

  /** Adds an operation whose operands have one type. */
  String add(String name, String operation, boolean narrow, String... inputs) {
    return add(name, operation, List.of(inputs), Map.of("T", type(narrow)));
  }

  static AttrValue type(boolean narrow) {
    return Nodes.type(narrow ? DataType.DT_BFLOAT16 : DataType.DT_FLOAT);
  }

  /** Returns a float tensor in the other float type. */
  private String cast(String tensor, DataType to) {
    DataType from = to == DataType.DT_FLOAT ? DataType.DT_BFLOAT16 : DataType.DT_FLOAT;
    String key = tensor + " " + to;
    String done = casts.get(key);
    if (done == null) {
      String suffix = to == DataType.DT_FLOAT ? "/float32" : "/bfloat16";
      done =
          add(
              Nodes.source(tensor) + suffix,
              "Cast",
              List.of(tensor),
              Map.of("SrcT", Nodes.type(from), "DstT", Nodes.type(to)));
      casts.put(key, done);
    }
    return done;
  }

  /** Returns a float32 tensor of the new graph in bfloat16. */
  String narrowed(String tensor) {
    return cast(tensor, DataType.DT_BFLOAT16);
  }

  /** Returns a bfloat16 tensor of the new graph in float32. */
  String widened(String tensor) {
    return cast(tensor, DataType.DT_FLOAT);
  }

  /** Adds a float32 scalar. */
  String constant(String name, float number) {
    TensorProto value =
        TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(number).build();
    return constant(name, value);
  }

  /** Adds a scalar zero. */
  String zero(String name, DataType type) {
    return constant(name, TensorProto.newBuilder().setDtype(type).build());
  }

  /** Adds an int32 vector of one number. */
  String constant(String name, int number) {
    TensorShapeProto shape =
        TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(1)).build();
    TensorProto value =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_INT32)
            .setTensorShape(shape)
            .addIntVal(number)
            .build();
    return constant(name, value);
  }

  private String constant(String name, TensorProto value) {
    return add(
        name,
        "Const",
        List.of(),
        Map.of(
            "dtype",
            Nodes.type(value.getDtype()),
            "value",
            AttrValue.newBuilder().setTensor(value).build()));
  }

  private List<Value> write(NodeDef node) {
    for (Rule rule : rules) {
      Optional<List<Value>> values = rule.write(this, node);
      if (values.isPresent()) {
        return values.get();
      }
    }
    return copy(node);
  }

  private List<Value> copy(NodeDef node) {
    NodeDef.Builder copy = node.toBuilder().clearInput().clearDevice().removeAttr("_class");
    for (String input : node.getInputList()) {
      copy.addInput(
          input.startsWith("^")
              ? "^" + Nodes.source(value(input.substring(1)).tensor())
              : float32(input));
    }
    target.put(copy.build());
    return outputs(node, false);
  }

  /** Returns the outputs of a node that was written under its own name. */
  List<Value> outputs(NodeDef node, boolean narrow) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < source.outputs(node); i++) {
      String tensor = i == 0 ? node.getName() : node.getName() + ":" + i;
      values.add(new Value(tensor, narrow && source.isFloat(node.getName() + ":" + i)));
    }
    return values;
  }
}
