package dev.recal.graphs.classification;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A network's variables from a checkpoint, by name. */
final class Weights {

  private Weights() {}

  /**
   * Reads them.
   *
   * @param scope empty, or {@code average/}
   */
  static Map<String, float[]> read(Path checkpoint, Network network, String scope) {
    try (Graph graph = new Graph()) {
      Ops tf = GraphScope.ops(graph);
      VariableStore store = new VariableStore(graph, 0);
      var images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 8, 8, 3)));
      network.build(BuildContext.of(store, Tower.inference()), images);
      Saver saver = Saver.add(tf, "read", store.all(), variable -> scope + variable.name());
      try (Session session = new Session(graph)) {
        saver.restore(session, CheckpointDirectory.variables(checkpoint));
        return store.values(session);
      }
    }
  }
}
