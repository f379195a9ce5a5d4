package dev.recal.models.export;

import com.google.gson.JsonObject;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.ServableModel;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import dev.recal.savedmodels.ServableCall;
import dev.recal.savedmodels.tensor.TensorValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;

/** The model of a run in memory, as {@link RunExport} would write it. */
public final class RestoredServable implements AutoCloseable {

  private final Graph graph;
  private final Session session;
  private final ServableModel model;

  private RestoredServable(Graph graph, Session session, ServableModel model) {
    this.graph = graph;
    this.session = session;
    this.model = model;
  }

  /**
   * Builds a run's model and reads its weights.
   *
   * @param checkpoint one of the run's
   * @throws IOException if the checkpoint cannot be read
   * @throws IllegalArgumentException if the checkpoint does not fit the recipe
   */
  public static <R extends Recipe> RestoredServable open(RunDirectory<R> run, Path checkpoint)
      throws IOException {
    Graph graph = Graphs.create();
    Session session = null;
    try {
      ServableModel model = run.task().servable(graph, run, false);
      session = Sessions.open(graph);
      restore(model.servable(), weights(run, checkpoint), session);
      return new RestoredServable(graph, session, model);
    } catch (IOException | RuntimeException | Error failure) {
      if (session != null) {
        session.close();
      }
      graph.close();
      throw failure;
    }
  }

  static <R extends Recipe> InitialWeights weights(RunDirectory<R> run, Path checkpoint) {
    return new InitialWeights(
        CheckpointDirectory.variables(checkpoint), run.task().weightsScope(run.recipe()), false);
  }

  static void restore(Servable servable, InitialWeights weights, Session session)
      throws IOException {
    try {
      weights
          .reader(GraphScope.ops(servable.store().graph()), servable.store().all())
          .restore(session, weights.prefix());
    } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException failure) {
      throw new IOException(
          "The checkpoint "
              + weights.prefix()
              + " cannot be read: "
              + TensorFlowFailures.reason(failure)
              + ".",
          failure);
    }
  }

  /** Returns the class names. */
  public List<String> labels() {
    return model.servable().labels();
  }

  /**
   * Returns the shape of an output, as far as it is known without a call.
   *
   * @param signature the key
   * @param output its name
   */
  public Shape outputShape(String signature, String output) {
    return model.servable().signatures().stream()
        .filter(each -> each.key().equals(signature))
        .map(each -> each.outputs().get(output).asOutput().shape())
        .findFirst()
        .orElseThrow();
  }

  /** Returns what an export records. */
  public JsonObject metadata() {
    return model.metadata();
  }

  /**
   * Calls a signature.
   *
   * @param signature the key
   * @param inputs by name
   * @return the outputs by name
   * @throws IllegalArgumentException if no signature has the key, the inputs do not match it, or
   *     the model rejects their values
   */
  public Map<String, TensorValue> call(String signature, Map<String, TensorValue> inputs) {
    try {
      return ServableCall.run(model.servable(), session, signature, inputs);
    } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException failure) {
      throw TensorFlowFailures.ofInputs(signature, failure);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
