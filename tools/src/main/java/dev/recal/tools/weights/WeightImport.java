package dev.recal.tools.weights;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.weights.NamedWeight;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.VariableStore;
import dev.recal.tools.console.FailureException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Gives a network the values of a file's tensors, and stores it. */
public final class WeightImport {

  private WeightImport() {}

  /**
   * Writes a directory of weights.
   *
   * @param target what is written; its network takes the values
   * @param weights the variables that take a value; all others keep their first one
   * @param seed of those first values
   * @throws IOException if a tensor cannot be read, or the directory cannot be written
   * @throws FailureException if a value is no finite number
   */
  public static void write(
      StoredNetwork target, TensorFile file, List<NamedWeight> weights, long seed)
      throws IOException {
    Network network = target.description().network();
    try (Graph graph = new Graph()) {
      VariableStore store =
          NetworkVariables.build(graph, network, target.description().imageSize(), seed);
      try (Session session = new Session(graph)) {
        store.initialize(session);
        for (NamedWeight weight : weights) {
          float[] values = file.floats(weight.tensor());
          requireFinite(file, weight, values);
          float[] ours = weight.layout().toOurs(values, weight.shape());
          store.assign(session, Map.of(weight.variable(), ours));
        }
        target.write(session, store);
      }
    }
  }

  private static void requireFinite(TensorFile file, NamedWeight weight, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new FailureException(
            "Tensor '"
                + weight.tensor()
                + "' of "
                + file.name()
                + " holds "
                + values[i]
                + " at position "
                + i
                + ", which is no weight.");
      }
    }
  }
}
