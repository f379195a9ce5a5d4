package dev.recal.savedmodels.meta;

import com.google.protobuf.ByteString;
import dev.recal.ops.Variable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.op.Operands;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.VariableDef;

/** The representation of variables in a SavedModel: their nodes, collections and saver. */
final class VariableNodes {

  private static final String VARIABLES = "variables";
  private static final String TRAINABLE_VARIABLES = "trainable_variables";

  private final GraphView source;
  private final NodeSet target;
  private final List<Variable<?>> variables;
  private final Map<Variable<?>, VariableDef> definitions = new LinkedHashMap<>();

  VariableNodes(GraphView source, NodeSet target, Collection<Variable<?>> variables) {
    this.source = source;
    this.target = target;
    this.variables = List.copyOf(variables);
  }

  /**
   * Adds each variable's handle, read and initialiser. The initial value becomes zeros: loaders
   * overwrite it, and the random values would only add size to every copy.
   */
  void addVariables() {
    for (Variable<?> variable : variables) {
      NodeDef handle = source.node(variable.handle().op().name());
      NodeDef read = source.node(variable.read().op().name());
      target.put(handle);
      target.put(read);
      String zeros = addZeros(variable);
      NodeDef assign = source.node(variable.initializer().name());
      List<String> inputs = List.of(handle.getName(), zeros);
      target.put(assign.toBuilder().clearInput().addAllInput(inputs).build());
      definitions.put(
          variable,
          VariableDef.newBuilder()
              .setVariableName(handle.getName() + ":0")
              .setInitializerName(assign.getName())
              .setSnapshotName(read.getName() + ":0")
              .setInitialValueName(zeros + ":0")
              .setIsResource(true)
              .setTrainable(variable.trainable())
              .build());
    }
  }

  /** Returns the collections by which Python finds variables. */
  Map<String, CollectionDef> collections() {
    Map<String, CollectionDef> collections = new LinkedHashMap<>();
    collections.put(VARIABLES, collection(variables));
    collections.put(
        TRAINABLE_VARIABLES, collection(variables.stream().filter(Variable::trainable).toList()));
    return collections;
  }

  /** Adds the nodes that save and restore; at least one variable is required. */
  SaverDef addSaver() {
    String scope = target.freeScope("save");
    String prefix = scope + "/Const";
    String names = scope + "/tensor_names";
    String slices = scope + "/shape_and_slices";
    target.put(Nodes.stringScalar(prefix, "model"));
    target.put(Nodes.strings(names, variables.stream().map(CheckpointObjects::key).toList()));
    target.put(Nodes.strings(slices, variables.stream().map(variable -> "").toList()));
    String save = scope + "/SaveV2";
    List<String> saved = new ArrayList<>(List.of(prefix, names, slices));
    variables.forEach(variable -> saved.add(variable.read().op().name()));
    List<DataType> types = variables.stream().map(VariableNodes::type).toList();
    target.put(Nodes.node(save, "SaveV2", saved).putAttr("dtypes", Nodes.types(types)).build());
    String done = scope + "/control_dependency";
    target.put(
        Nodes.node(done, "Identity", List.of(prefix, "^" + save))
            .putAttr("T", Nodes.type(DataType.DT_STRING))
            .build());
    String restoreAll = addRestore(scope, List.of(prefix, names, slices), types);
    return SaverDef.newBuilder()
        .setFilenameTensorName(prefix + ":0")
        .setSaveTensorName(done + ":0")
        .setRestoreOpName(restoreAll)
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .build();
  }

  private String addRestore(String scope, List<String> inputs, List<DataType> types) {
    String restore = scope + "/RestoreV2";
    target.put(
        Nodes.node(restore, "RestoreV2", inputs).putAttr("dtypes", Nodes.types(types)).build());
    List<String> assigns = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      String assign = scope + "/AssignVariableOp_" + i;
      List<String> assigned = List.of(variables.get(i).handle().op().name(), restore + ":" + i);
      target.put(
          Nodes.node(assign, "AssignVariableOp", assigned)
              .putAttr("dtype", Nodes.type(types.get(i)))
              .build());
      assigns.add("^" + assign);
    }
    String restoreAll = scope + "/restore_all";
    target.put(Nodes.node(restoreAll, "NoOp", assigns).build());
    return restoreAll;
  }

  private String addZeros(Variable<?> variable) {
    String scope = target.freeScope(variable.name() + "/Initializer");
    String dimensions = scope + "/dims";
    String value = scope + "/value";
    String zeros = scope + "/zeros";
    target.put(Nodes.dimensions(dimensions, variable.shape()));
    target.put(Nodes.zero(value, type(variable)));
    target.put(
        Nodes.node(zeros, "Fill", List.of(dimensions, value))
            .putAttr("T", Nodes.type(type(variable)))
            .build());
    return zeros;
  }

  private CollectionDef collection(Collection<Variable<?>> members) {
    CollectionDef.BytesList.Builder list = CollectionDef.BytesList.newBuilder();
    for (Variable<?> member : members) {
      ByteString definition = definitions.get(member).toByteString();
      list.addValue(definition);
    }
    return CollectionDef.newBuilder().setBytesList(list).build();
  }

  private static DataType type(Variable<?> variable) {
    return Operands.toDataType(variable.type());
  }
}
