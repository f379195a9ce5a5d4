package dev.recal.savedmodels;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.recal.ops.records.ForeignMessages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.VariableDef;

/** Finds a graph's variables: in the object graph of TensorFlow 2, otherwise in the collections. */
final class Variables {

  private static final Set<String> TYPES = Set.of("VarHandleOp", "VariableV2", "Variable");

  private Variables() {}

  /**
   * Lists the variables.
   *
   * @throws IOException if the collections are damaged
   */
  static List<VariableDescription> of(MetaGraphDef graph) throws IOException {
    List<VariableDescription> objects = ofObjects(graph);
    try {
      return objects.isEmpty() ? ofNodes(graph) : objects;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new IOException("the definition of a variable is damaged", e);
    }
  }

  private static List<VariableDescription> ofObjects(MetaGraphDef graph) {
    List<VariableDescription> variables = new ArrayList<>();
    for (SavedObject object : graph.getObjectGraphDef().getNodesList()) {
      if (object.hasVariable()) {
        SavedVariable variable = object.getVariable();
        variables.add(
            new VariableDescription(
                variable.getName(),
                variable.getDtype(),
                TensorDescription.shape(variable.getShape()),
                variable.getTrainable()));
      }
    }
    return variables;
  }

  private static List<VariableDescription> ofNodes(MetaGraphDef graph)
      throws InvalidProtocolBufferException {
    Set<String> trainable = new LinkedHashSet<>();
    CollectionDef collection =
        graph.getCollectionDefOrDefault("trainable_variables", CollectionDef.getDefaultInstance());
    for (ByteString definition : collection.getBytesList().getValueList()) {
      String name = ForeignMessages.parse(VariableDef.parser(), definition).getVariableName();
      trainable.add(name.replaceFirst(":0$", ""));
    }
    Map<String, VariableDescription> variables = new LinkedHashMap<>();
    for (NodeDef node : graph.getGraphDef().getNodeList()) {
      if (TYPES.contains(node.getOp())) {
        variables.put(
            node.getName(),
            new VariableDescription(
                node.getName(),
                node.getAttrOrThrow("dtype").getType(),
                TensorDescription.shape(node.getAttrOrThrow("shape").getShape()),
                trainable.contains(node.getName())));
      }
    }
    return List.copyOf(variables.values());
  }
}
