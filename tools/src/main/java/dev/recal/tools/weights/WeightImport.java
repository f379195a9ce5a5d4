package dev.recal.tools.weights;

import dev.recal.graphs.network.Network;
import dev.recal.graphs.weights.NamedWeight;
import dev.recal.graphs.weights.NetworkVariables;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.VariableStore;
import dev.recal.tools.console.FailureException;
import java.io.IOException;
import java.util.LinkedHashMap;
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
    Map<String, NamedWeight> byPath = new LinkedHashMap<>();
    weights.forEach(weight -> byPath.put(weight.variable(), weight));
    try (Graph graph = new Graph()) {
      VariableStore store =
          NetworkVariables.build(graph, network, target.description().imageSize(), seed);
      try (Session session = new Session(graph)) {
        FirstValues.assign(
            session,
            store,
            store.all().stream().filter(variable -> byPath.containsKey(variable.name())).toList(),
            variable -> values(file, byPath.get(variable.name())));
        target.write(session, store);
      }
    }
  }

  private static float[] values(TensorFile file, NamedWeight weight) throws IOException {
    float[] values = file.floats(weight.tensor());
    requireFinite(file, weight, values);
    return weight.layout().toOurs(values, weight.shape());
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
