package dev.recal.models.weights;

import dev.recal.ops.GraphScope;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.checkpoint.CheckpointIndex;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.tensor.Tensors;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.train.Restore;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * The variables of a TensorFlow checkpoint, without the training state: counters, averages, sums of
 * gradients, and optimiser slots.
 */
final class CheckpointTensors implements TensorFile {

  private static final List<String> TRAINING_STATE =
      List.of("training/", "average/", "accumulator/", "optimiser/");

  private final String prefix;
  private final Map<String, Info> tensors = new LinkedHashMap<>();
  private final Map<String, String> keys = new LinkedHashMap<>();
  private final Graph graph = Graphs.create();
  private final Placeholder<TString> names;
  private final Restore restore;
  private final Session session;

  private CheckpointTensors(String prefix, String scope, CheckpointIndex index) {
    this.prefix = prefix;
    index.tensors().forEach((key, entry) -> add(scope, key, entry));
    Ops tf = GraphScope.ops(graph);
    this.names = tf.placeholder(TString.class, Placeholder.shape(Shape.of(1)));
    this.restore =
        tf.train.restore(
            tf.constant(prefix),
            names,
            tf.constant(NdArrays.vectorOfObjects("")),
            List.of(TFloat32.class));
    this.session = Sessions.unoptimised(graph);
  }

  /**
   * Opens a checkpoint.
   *
   * @param scope the prefix of the names, for example {@code average/}
   * @throws IOException if there is none, or it is damaged
   */
  static CheckpointTensors open(String prefix, String scope) throws IOException {
    return new CheckpointTensors(prefix, scope, CheckpointIndex.read(prefix));
  }

  private void add(String scope, String key, CheckpointIndex.Entry entry) {
    if (!key.startsWith(scope) || entry.type() == DataType.DT_STRING) {
      return;
    }
    String name = CheckpointIndex.variable(key.substring(scope.length()));
    if (TRAINING_STATE.stream().anyMatch(name::startsWith)) {
      return;
    }
    keys.put(name, key);
    tensors.put(
        name,
        new Info(
            entry.type().name().substring("DT_".length()),
            entry.type() == DataType.DT_FLOAT,
            entry.shape()));
  }

  @Override
  public String name() {
    return prefix;
  }

  @Override
  public Map<String, Info> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public float[] floats(String tensor) throws IOException {
    try (TString key = TString.vectorOf(keys.get(tensor));
        Result result = session.runner().feed(names, key).fetch(restore.tensors().get(0)).run()) {
      return Tensors.toValue(result.get(0)).floats();
    } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException damaged) {
      throw new IOException(
          "Tensor '"
              + tensor
              + "' of "
              + prefix
              + " cannot be read: "
              + TensorFlowFailures.reason(damaged)
              + ".",
          damaged);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
