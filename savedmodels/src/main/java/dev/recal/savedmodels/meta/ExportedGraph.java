package dev.recal.savedmodels.meta;

import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Variable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/**
 * A servable in a form that every TensorFlow can load: a flat graph of the signatures, with
 * resource variables, their collections and a saver; and in addition the objects and functions of
 * TensorFlow 2, over the same variables and values.
 *
 * <p>The network in training phase is only among the functions: servers offer the flat graph's
 * signatures, and a client's call must not update a model's statistics.
 *
 * <p>Noise that is the same in every call is written as a constant, see {@link RandomFolding};
 * divisions as TensorFlow 2 writes them, see {@link RealDivision}.
 *
 * <p>TensorFlow Java's own exporter supports reference variables only, writes default attributes
 * that older loaders reject, and writes no collections, without which Python finds neither
 * variables nor gradients.
 *
 * @param metaGraph ready to be written
 * @param variables those that a signature uses, in the order of the store
 * @param objects the value of {@link CheckpointObjects#OBJECTS} in the checkpoint; without objects
 *     if there are no variables
 */
public record ExportedGraph(
    MetaGraphDef metaGraph, List<Variable<?>> variables, TrackableObjectGraph objects) {

  private static final String SERVE = "serve";
  private static final String METHOD_PREFIX = "tensorflow/serving/";
  private static final Set<String> SPECIAL_METHODS = Set.of("classify", "regress");
  private static final Set<String> PLACEHOLDERS = Set.of("Placeholder", "PlaceholderWithDefault");
  private static final Set<String> REFERENCE_VARIABLES = Set.of("Variable", "VariableV2");
  private static final String HANDLE = "VarHandleOp";

  /**
   * Describes a servable; its graph is read and not changed.
   *
   * @throws IllegalArgumentException if a signature needs a placeholder that is not one of its
   *     inputs, an input is not a placeholder, or a variable is not in the store
   */
  public static ExportedGraph of(Servable servable) {
    GraphDef full = RealDivision.in(RandomFolding.evaluate(servable.store().graph().toGraphDef()));
    GraphView view = new GraphView(full);
    Set<String> reached = new LinkedHashSet<>();
    for (ServableSignature signature : servable.signatures()) {
      reached.addAll(reachable(view, signature));
    }
    Set<String> trained = new LinkedHashSet<>(reached);
    servable.training().ifPresent(signature -> trained.addAll(reachable(view, signature)));
    List<Variable<?>> variables = variables(servable, view, trained);
    NodeSet nodes = new NodeSet();
    full.getNodeList().stream().filter(n -> reached.contains(n.getName())).forEach(nodes::put);
    VariableNodes variableNodes = new VariableNodes(view, nodes, variables);
    variableNodes.addVariables();
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    for (ServableSignature signature : servable.signatures()) {
      meta.putSignatureDef(signature.key(), describe(signature, nodes));
    }
    if (!variables.isEmpty()) {
      meta.setSaverDef(variableNodes.addSaver());
      meta.putAllCollectionDef(variableNodes.collections());
    }
    FunctionDefLibrary.Builder library = view.library(view.inOrder(trained)).toBuilder();
    TrackableObjectGraph objects = TrackableObjectGraph.getDefaultInstance();
    // Loaders expect a checkpoint with objects, and a saver with a checkpoint.
    if (!variables.isEmpty()) {
      ObjectGraph graph = ObjectGraph.of(servable, view, variables);
      library.addAllFunction(graph.library());
      meta.setObjectGraphDef(graph.objects());
      objects = graph.checkpoint();
    }
    GraphDef written =
        RegisteredOps.withoutDefaults(
            GraphDef.newBuilder()
                .addAllNode(nodes.finished())
                .setLibrary(library)
                .setVersions(full.getVersions())
                .build());
    meta.setGraphDef(written).setMetaInfoDef(metaInformation(written));
    return new ExportedGraph(meta.build(), variables, objects);
  }

  private static Set<String> reachable(GraphView view, ServableSignature signature) {
    Set<String> inputs = names(signature.inputs());
    signature
        .inputs()
        .forEach(
            (name, operand) -> {
              if (!PLACEHOLDERS.contains(operand.op().type())) {
                throw new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "signatures: expected a placeholder as input '%s' of '%s', but got the"
                            + " operation '%s' of type %s.",
                        name,
                        signature.key(),
                        operand.op().name(),
                        operand.op().type()));
              }
            });
    Set<String> reached = view.closure(names(signature.outputs()));
    for (String name : reached) {
      NodeDef node = view.node(name);
      if (node.getOp().equals("Placeholder") && !inputs.contains(name)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "signatures: '%s' needs the placeholder '%s', which is not one of its inputs %s.",
                signature.key(),
                name,
                signature.inputs().keySet()));
      }
    }
    reached.addAll(inputs);
    return reached;
  }

  private static List<Variable<?>> variables(
      Servable servable, GraphView view, Set<String> reached) {
    List<Variable<?>> variables = new ArrayList<>();
    Set<String> known = new LinkedHashSet<>();
    for (Variable<?> variable : servable.store().all()) {
      known.add(variable.handle().op().name());
      if (reached.contains(variable.handle().op().name())) {
        variables.add(variable);
      }
    }
    for (String name : reached) {
      String type = view.node(name).getOp();
      boolean foreign = type.equals(HANDLE) && !known.contains(name);
      if (foreign || REFERENCE_VARIABLES.contains(type)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "servable: the signatures need the variable '%s' (%s), which is not in the store.",
                name,
                type));
      }
    }
    return variables;
  }

  private static Set<String> names(Map<String, Operand<?>> operands) {
    return operands.values().stream()
        .map(operand -> operand.op().name())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  // Outputs get their own nodes, so that their names do not depend on the inside of the network.
  private static SignatureDef describe(ServableSignature signature, NodeSet nodes) {
    SignatureDef.Builder definition =
        SignatureDef.newBuilder().setMethodName(methodName(signature.key()));
    signature
        .inputs()
        .forEach((name, operand) -> definition.putInputs(name, information(operand.asOutput())));
    signature
        .outputs()
        .forEach(
            (name, operand) -> {
              Output<?> output = operand.asOutput();
              String nodeName = nodes.free(nodeName(signature.key() + "/" + name));
              nodes.put(
                  Nodes.node(nodeName, "Identity", List.of(tensorName(output)))
                      .putAttr("T", Nodes.type(output.dataType()))
                      .build());
              definition.putOutputs(
                  name, information(output).toBuilder().setName(nodeName + ":0").build());
            });
    return definition.build();
  }

  /** Returns the method that TensorFlow Serving expects for a signature's key. */
  static String methodName(String key) {
    return METHOD_PREFIX + (SPECIAL_METHODS.contains(key) ? key : "predict");
  }

  private static TensorInfo information(Output<?> output) {
    return TensorInfo.newBuilder()
        .setName(tensorName(output))
        .setDtype(output.dataType())
        .setTensorShape(Nodes.shape(output.shape()))
        .build();
  }

  private static String tensorName(Output<?> output) {
    return output.op().name() + ":" + output.index();
  }

  private static String nodeName(String wanted) {
    String legal = wanted.replaceAll("[^A-Za-z0-9_./-]", "_");
    return Character.isLetterOrDigit(legal.charAt(0)) ? legal : "signature_" + legal;
  }

  private static MetaGraphDef.MetaInfoDef metaInformation(GraphDef graph) {
    return MetaGraphDef.MetaInfoDef.newBuilder()
        .setStrippedOpList(RegisteredOps.used(graph))
        .addTags(SERVE)
        .setTensorflowVersion(TensorFlow.version())
        .setStrippedDefaultAttrs(true)
        .build();
  }
}
