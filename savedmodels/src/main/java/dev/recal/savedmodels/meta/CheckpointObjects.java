package dev.recal.savedmodels.meta;

import com.google.protobuf.BoolValue;
import dev.recal.ops.Variable;
import dev.recal.ops.checkpoint.CheckpointIndex;
import java.util.Map;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;

/** The object graph in a checkpoint: the same objects, and the keys of their values. */
public final class CheckpointObjects {

  /** The key of the object graph in a checkpoint, stored as a string. */
  public static final String OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private CheckpointObjects() {}

  /** Returns the key of a variable's value in a checkpoint. */
  public static String key(Variable<?> variable) {
    return variable.name() + CheckpointIndex.VALUE_SUFFIX;
  }

  static TrackableObjectGraph of(SavedObjectGraph objects, Map<Integer, Variable<?>> variables) {
    TrackableObjectGraph.Builder graph = TrackableObjectGraph.newBuilder();
    for (int id = 0; id < objects.getNodesCount(); id++) {
      SavedObject object = objects.getNodes(id);
      TrackableObject.Builder node =
          TrackableObject.newBuilder().addAllChildren(object.getChildrenList());
      Variable<?> variable = variables.get(id);
      if (variable != null) {
        node.addAttributes(
            TrackableObject.SerializedTensor.newBuilder()
                .setName("VARIABLE_VALUE")
                .setFullName(variable.name())
                .setCheckpointKey(key(variable)));
      }
      boolean holdsValues =
          variable != null
              || object.getChildrenList().stream()
                  .anyMatch(child -> variables.containsKey(child.getNodeId()));
      graph.addNodes(node.setHasCheckpointValues(BoolValue.of(holdsValues)));
    }
    return graph.build();
  }
}
