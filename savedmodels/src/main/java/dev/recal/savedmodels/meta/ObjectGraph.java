package dev.recal.savedmodels.meta;

import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.op.Operands;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedBareConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedUserObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.proto.VersionDef;

/**
 * A servable as an object of TensorFlow 2, whose attributes are the variables by name, the lists
 * {@code variables} and {@code trainable_variables}, the map {@code signatures}, and the functions
 * {@code __call__(inputs…, training=False)} and {@code serve(inputs…)}, which are the signature
 * {@code serving_default}, or the first signature if there is none of that name.
 */
final class ObjectGraph {

  private static final String DEFAULT = "serving_default";
  private static final String CALL = "__call__";
  private static final String SERVE = "serve";
  private static final String VARIABLES = "variables";
  private static final String TRAINABLE_VARIABLES = "trainable_variables";
  private static final String SIGNATURES = "signatures";
  private static final Set<String> RESERVED =
      Set.of(CALL, SERVE, VARIABLES, TRAINABLE_VARIABLES, SIGNATURES);

  private final List<SavedObject.Builder> nodes = new ArrayList<>();
  private final Map<Variable<?>, Integer> variables = new LinkedHashMap<>();
  private final Map<String, SavedConcreteFunction> concrete = new LinkedHashMap<>();
  private final List<FunctionDef> library = new ArrayList<>();
  private int functions;

  private ObjectGraph() {}

  /**
   * Describes a servable.
   *
   * @param view its graph
   * @param reached the variables that are exported; at least one
   */
  static ObjectGraph of(Servable servable, GraphView view, List<Variable<?>> reached) {
    ObjectGraph graph = new ObjectGraph();
    graph.add(user("_generic_user_object"));
    reached.forEach(graph::addVariable);
    graph.addList(VARIABLES, reached);
    graph.addList(TRAINABLE_VARIABLES, reached.stream().filter(Variable::trainable).toList());
    graph.addFunctions(servable, view);
    return graph;
  }

  /** Returns the functions to be added to the graph's library. */
  List<FunctionDef> library() {
    return library;
  }

  /** Returns the objects. */
  SavedObjectGraph objects() {
    SavedObjectGraph.Builder graph = SavedObjectGraph.newBuilder();
    nodes.forEach(graph::addNodes);
    return graph.putAllConcreteFunctions(concrete).build();
  }

  /** Returns the objects as stored in the checkpoint. */
  TrackableObjectGraph checkpoint() {
    Map<Integer, Variable<?>> byId = new HashMap<>();
    variables.forEach((variable, id) -> byId.put(id, variable));
    return CheckpointObjects.of(objects(), byId);
  }

  private int add(SavedObject.Builder node) {
    nodes.add(node);
    return nodes.size() - 1;
  }

  private void addVariable(Variable<?> variable) {
    SavedVariable saved =
        SavedVariable.newBuilder()
            .setName(variable.name())
            .setDtype(Operands.toDataType(variable.type()))
            .setShape(Nodes.shape(variable.shape()))
            .setTrainable(variable.trainable())
            .build();
    int id = add(SavedObject.newBuilder().setVariable(saved));
    variables.put(variable, id);
    // A variable of such a name is only in the lists.
    if (!RESERVED.contains(variable.name())) {
      link(0, variable.name(), id);
    }
  }

  private void addList(String name, List<Variable<?>> members) {
    int list = add(user("trackable_list_wrapper"));
    link(0, name, list);
    for (int i = 0; i < members.size(); i++) {
      link(list, Integer.toString(i), variables.get(members.get(i)));
    }
  }

  private void addFunctions(Servable servable, GraphView view) {
    int map = add(user("signature_map"));
    link(0, SIGNATURES, map);
    SignatureFunction first = null;
    for (ServableSignature signature : servable.signatures()) {
      SignatureFunction function = addSignature(map, signature, view);
      if (first == null || signature.key().equals(DEFAULT)) {
        first = function;
      }
    }
    List<String> traces = new ArrayList<>(List.of(addTrace(CALL, first, List.of(false))));
    if (servable.training().isPresent()) {
      SignatureFunction training = addSignature(map, servable.training().get(), view);
      traces.add(addTrace(CALL, training, List.of(true)));
    }
    List<String> arguments = new ArrayList<>(first.signature().inputs().keySet());
    FunctionSpec serve = Structures.parameters(arguments, List.of(), List.of());
    arguments.add("training");
    FunctionSpec call =
        Structures.parameters(arguments, List.of(Structures.bool(false)), List.of());
    addFunction(CALL, traces, call);
    addFunction(SERVE, List.of(addTrace(SERVE, first, List.of())), serve);
  }

  private SignatureFunction addSignature(int map, ServableSignature signature, GraphView view) {
    SignatureFunction function =
        SignatureFunction.of(view, signature, variables.keySet(), functions++);
    library.add(function.definition());
    StructuredValue inputs =
        Structures.tuple(
            List.of(Structures.tuple(List.of()), Structures.dictionary(signature.inputs())));
    concrete.put(function.name(), concrete(function, inputs));
    List<String> keywords = List.copyOf(SignatureFunction.inOrder(signature.inputs()).keySet());
    // The order of several inputs is not visible, so they have to be named.
    SavedBareConcreteFunction bare =
        SavedBareConcreteFunction.newBuilder()
            .setConcreteFunctionName(function.name())
            .addAllArgumentKeywords(keywords)
            .setAllowedPositionalArguments(keywords.size() == 1 ? 1 : 0)
            .setFunctionSpec(Structures.parameters(List.of(), List.of(), keywords))
            .build();
    link(map, signature.key(), add(SavedObject.newBuilder().setBareConcreteFunction(bare)));
    return function;
  }

  // A call by position, with the arguments after the tensors.
  private String addTrace(String name, SignatureFunction called, List<Boolean> flags) {
    FunctionDef definition = called.positional(name, functions++);
    library.add(definition);
    List<StructuredValue> positional = new ArrayList<>();
    for (Map.Entry<String, Operand<?>> input : called.signature().inputs().entrySet()) {
      positional.add(Structures.tensor(input.getKey(), input.getValue()));
    }
    flags.forEach(flag -> positional.add(Structures.bool(flag)));
    StructuredValue inputs =
        Structures.tuple(List.of(Structures.tuple(positional), Structures.dictionary(Map.of())));
    String function = definition.getSignature().getName();
    concrete.put(function, concrete(called, inputs));
    return function;
  }

  private void addFunction(String name, List<String> traces, FunctionSpec parameters) {
    SavedFunction function =
        SavedFunction.newBuilder()
            .addAllConcreteFunctions(traces)
            .setFunctionSpec(parameters)
            .build();
    link(0, name, add(SavedObject.newBuilder().setFunction(function)));
  }

  private SavedConcreteFunction concrete(SignatureFunction function, StructuredValue inputs) {
    return SavedConcreteFunction.newBuilder()
        .addAllBoundInputs(function.bound().stream().map(variables::get).toList())
        .setCanonicalizedInputSignature(inputs)
        .setOutputSignature(Structures.dictionary(function.signature().outputs()))
        .build();
  }

  private void link(int parent, String name, int child) {
    nodes.get(parent).addChildren(ObjectReference.newBuilder().setLocalName(name).setNodeId(child));
  }

  private static SavedObject.Builder user(String identifier) {
    VersionDef version = VersionDef.newBuilder().setProducer(1).setMinConsumer(1).build();
    return SavedObject.newBuilder()
        .setUserObject(SavedUserObject.newBuilder().setIdentifier(identifier).setVersion(version));
  }
}
