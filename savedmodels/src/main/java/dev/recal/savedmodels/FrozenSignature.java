package dev.recal.savedmodels;

import dev.recal.ops.TensorFlowFailures;
import dev.recal.savedmodels.meta.RegisteredOps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SignatureDef;

/**
 * A signature of a SavedModel with its variables frozen to constants, to be built into other graphs
 * so that gradients flow through it: TensorFlow Java imports a graph together with its
 * placeholders, and offers no way to replace a placeholder by an operand.
 *
 * <p>Models whose signature calls functions, as Keras writes them, are rejected: TensorFlow's C++
 * gradients do not support calls. Not thread-safe.
 */
public final class FrozenSignature implements AutoCloseable {

  private static final Set<String> READS = Set.of("ReadVariableOp", "VariableV2", "Variable");

  private final Path directory;
  private final String key;
  private final SignatureDef signature;
  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final LoadedGraph values;

  private FrozenSignature(Path directory, String key, MetaGraphDef metaGraph, LoadedGraph values) {
    this.directory = directory;
    this.key = key;
    this.signature = metaGraph.getSignatureDefOrThrow(key);
    this.values = values;
    metaGraph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
  }

  /**
   * Loads a model.
   *
   * @param model a SavedModel, or a directory of integer versions, of which the highest is used
   * @param key the signature's name
   * @throws IOException if the model is missing or damaged, has no such signature, or calls
   *     functions
   */
  public static FrozenSignature open(Path model, String key) throws IOException {
    SavedModelReader.ValidatedModel validated = SavedModelReader.read(model, Set.of());
    validated.check().requireLoadable(validated.metaGraph());
    Path directory = validated.description().directory();
    if (!validated.metaGraph().containsSignatureDef(key)) {
      throw new IOException(
          "The SavedModel in "
              + directory
              + " has no signature '"
              + key
              + "'; it has "
              + validated.description().signatures().stream()
                  .map(SignatureDescription::key)
                  .toList()
              + ".");
    }
    LoadedGraph values;
    try {
      values = LoadedGraph.load(directory, validated.metaGraph(), ConfigProto.getDefaultInstance());
    } catch (RuntimeException e) {
      throw new IOException(
          "The SavedModel in "
              + directory
              + " cannot be loaded: "
              + TensorFlowFailures.reason(e)
              + ".",
          e);
    }
    FrozenSignature frozen = new FrozenSignature(directory, key, validated.metaGraph(), values);
    try {
      frozen.order(frozen.outputs());
      return frozen;
    } catch (IOException e) {
      frozen.close();
      throw e;
    }
  }

  /** Returns the model's directory. */
  public Path directory() {
    return directory;
  }

  /** Returns the names of the inputs. */
  public Set<String> inputs() {
    return signature.getInputsMap().keySet();
  }

  /** Returns the names of the outputs. */
  public Set<String> outputs() {
    return signature.getOutputsMap().keySet();
  }

  /**
   * Adds the signature's operations to a graph; each call adds them again.
   *
   * @param tf for the operations
   * @param inputs an operand of the right type for each input
   * @return the outputs by name
   * @throws IllegalArgumentException if an input is missing, or does not match the operations
   */
  public Map<String, Output<?>> build(Ops tf, Map<String, ? extends Operand<?>> inputs) {
    return build(tf, inputs, outputs());
  }

  /**
   * Adds the operations that some of the outputs need.
   *
   * @param tf for the operations
   * @param inputs an operand of the right type for each input
   * @param wanted names of outputs
   * @return these outputs by name
   * @throws IllegalArgumentException if an input is missing, or does not match the operations, or
   *     there is no such output
   */
  public Map<String, Output<?>> build(
      Ops tf, Map<String, ? extends Operand<?>> inputs, Set<String> wanted) {
    if (!outputs().containsAll(wanted)) {
      throw new IllegalArgumentException(
          "wanted: expected some of " + outputs() + ", but got " + wanted + ".");
    }
    if (!inputs.keySet().equals(inputs())) {
      throw new IllegalArgumentException(
          "inputs: expected " + inputs() + ", but got " + inputs.keySet() + ".");
    }
    Map<String, GraphOperation> built = new LinkedHashMap<>();
    Map<String, Output<?>> given = new LinkedHashMap<>();
    inputs.forEach(
        (name, operand) ->
            given.put(source(signature.getInputsOrThrow(name).getName()), operand.asOutput()));
    try {
      for (NodeDef node : order(wanted)) {
        if (!given.containsKey(node.getName())) {
          built.put(node.getName(), copy(tf, node, built, given));
        }
      }
    } catch (IOException changed) {
      throw new IllegalStateException(changed);
    }
    Map<String, Output<?>> outputs = new LinkedHashMap<>();
    for (String name : wanted) {
      outputs.put(name, output(signature.getOutputsOrThrow(name).getName(), built, given));
    }
    return outputs;
  }

  // The nodes that the outputs need, each after its inputs.
  private List<NodeDef> order(Set<String> wanted) throws IOException {
    Set<String> placeholders = new LinkedHashSet<>();
    signature.getInputsMap().values().forEach(info -> placeholders.add(source(info.getName())));
    Set<String> done = new LinkedHashSet<>();
    List<NodeDef> order = new ArrayList<>();
    List<String> open = new ArrayList<>();
    wanted.forEach(name -> open.add(source(signature.getOutputsOrThrow(name).getName())));
    while (!open.isEmpty()) {
      String name = open.get(open.size() - 1);
      NodeDef node = nodes.get(name);
      List<String> missing =
          done.contains(name) || placeholders.contains(name) || READS.contains(node.getOp())
              ? List.of()
              : node.getInputList().stream()
                  .filter(input -> !input.startsWith("^"))
                  .map(FrozenSignature::source)
                  .filter(input -> !done.contains(input))
                  .toList();
      if (missing.isEmpty()) {
        open.remove(open.size() - 1);
        if (done.add(name)) {
          rejectCall(node);
          order.add(node);
        }
      } else {
        open.addAll(missing);
      }
    }
    return order;
  }

  private void rejectCall(NodeDef node) throws IOException {
    boolean calls =
        node.getAttrMap().values().stream()
            .anyMatch(value -> value.hasFunc() || value.getList().getFuncCount() > 0);
    if (calls || RegisteredOps.find(node.getOp()).isEmpty()) {
      throw new IOException(
          "The signature '"
              + key
              + "' in "
              + directory
              + " cannot be built into another graph: gradients do not flow through "
              + node.getName()
              + ", a "
              + node.getOp()
              + ".");
    }
  }

  private GraphOperation copy(
      Ops tf, NodeDef node, Map<String, GraphOperation> built, Map<String, Output<?>> given) {
    String word = node.getName().substring(node.getName().lastIndexOf('/') + 1);
    if (READS.contains(node.getOp())) {
      return constant(tf, node, word);
    }
    OperationBuilder builder = tf.scope().opBuilder(node.getOp(), word);
    OpDef definition = RegisteredOps.find(node.getOp()).orElseThrow();
    int next = 0;
    for (OpDef.ArgDef argument : definition.getInputArgList()) {
      if (argument.getNumberAttr().isEmpty() && argument.getTypeListAttr().isEmpty()) {
        builder.addInput(output(node.getInput(next++), built, given));
        continue;
      }
      int count =
          argument.getNumberAttr().isEmpty()
              ? node.getAttrOrThrow(argument.getTypeListAttr()).getList().getTypeCount()
              : (int) node.getAttrOrThrow(argument.getNumberAttr()).getI();
      Output<?>[] list = new Output<?>[count];
      for (int i = 0; i < count; i++) {
        list[i] = output(node.getInput(next++), built, given);
      }
      builder.addInputList(list);
    }
    node.getAttrMap()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("_")) {
                builder.setAttr(name, value);
              }
            });
    return (GraphOperation) builder.build();
  }

  private GraphOperation constant(Ops tf, NodeDef node, String word) {
    try (Result result =
        values.session().runner().fetch(values.tensor(node.getName() + ":0")).run()) {
      return (GraphOperation)
          tf.scope()
              .opBuilder("Const", word)
              .setAttr("dtype", node.getAttrOrThrow("dtype").getType())
              .setAttr("value", result.get(0))
              .build();
    }
  }

  private static Output<?> output(
      String tensor, Map<String, GraphOperation> built, Map<String, Output<?>> given) {
    String name = source(tensor);
    if (given.containsKey(name)) {
      return given.get(name);
    }
    int colon = tensor.indexOf(':');
    return built.get(name).output(colon < 0 ? 0 : Integer.parseInt(tensor.substring(colon + 1)));
  }

  private static String source(String tensor) {
    int colon = tensor.indexOf(':');
    return colon < 0 ? tensor : tensor.substring(0, colon);
  }

  @Override
  public void close() {
    values.close();
  }
}
