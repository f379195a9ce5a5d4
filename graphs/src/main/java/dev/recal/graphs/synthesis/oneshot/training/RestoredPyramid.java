package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidCalls;
import dev.recal.graphs.synthesis.oneshot.PyramidMaps;
import dev.recal.graphs.synthesis.oneshot.PyramidServable;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.CheckpointSummary;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Servable;
import dev.recal.ops.ServableSignature;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** The pyramid of a run in a separate graph with the weights of a checkpoint. */
public final class RestoredPyramid implements PyramidCalls {

  private final Path checkpoint;
  private final Pyramid pyramid;
  private final int channels;
  private final Graph graph = Graphs.create();
  private final Servable servable;
  private final Session session;

  private RestoredPyramid(PreparedOneShot prepared, Path checkpoint) throws IOException {
    this.checkpoint = checkpoint;
    this.pyramid = prepared.pyramid();
    this.channels = prepared.image().channels();
    try {
      this.servable = PyramidServable.build(graph, prepared.recipe().network(), pyramid, channels);
      this.session = restored();
    } catch (RuntimeException | IOException | Error failure) {
      graph.close();
      throw failure;
    }
  }

  /**
   * Restores a run.
   *
   * @param chosen a checkpoint of the last scale; empty for the best one
   * @throws IOException if the training image or the checkpoint cannot be read
   * @throws IllegalArgumentException if the last scale is not trained to its end, or the weights
   *     are those of other networks
   */
  public static RestoredPyramid open(RunDirectory<OneShotRecipe> run, Optional<Path> chosen)
      throws IOException {
    Path checkpoint = run.checkpoint(chosen);
    try (PreparedOneShot prepared = PreparedOneShot.open(run.recipe())) {
      requireFinished(run, prepared, CheckpointDirectory.describe(checkpoint));
      return new RestoredPyramid(prepared, checkpoint);
    }
  }

  private static void requireFinished(
      RunDirectory<OneShotRecipe> run, PreparedOneShot prepared, CheckpointSummary reached) {
    long steps = run.recipe().training().steps();
    int scales = prepared.pyramid().scales();
    if (reached.step() < steps * scales) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "run: expected all %d scales of %s to be trained, but got scale %d, step %,d of"
                  + " %,d; resume it until it is done.",
              scales,
              run.directory(),
              reached.stage() + 1,
              reached.step() - reached.stage() * steps,
              steps));
    }
  }

  private Session restored() throws IOException {
    InitialWeights weights =
        new InitialWeights(CheckpointDirectory.variables(checkpoint), "", false);
    var saver = weights.reader(GraphScope.ops(graph), servable.store().all());
    // Each signature is called a few times, and a pyramid has thousands of operations.
    Session opened = Sessions.optimisedOnce(graph);
    try {
      saver.restore(opened, weights.prefix());
      return opened;
    } catch (RuntimeException failure) {
      opened.close();
      if (TensorFlowFailures.isFrom(failure)) {
        throw new IOException(
            "The checkpoint "
                + checkpoint
                + " cannot be read: "
                + TensorFlowFailures.reason(failure)
                + ".",
            failure);
      }
      throw failure;
    }
  }

  /** Returns the directory of the checkpoint. */
  public Path checkpoint() {
    return checkpoint;
  }

  @Override
  public Pyramid pyramid() {
    return pyramid;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public PyramidMaps call(
      String key, String output, Map<String, Number> numbers, Map<String, PyramidMaps> maps) {
    ServableSignature signature =
        servable.signatures().stream().filter(s -> s.key().equals(key)).findFirst().orElseThrow();
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      numbers.forEach((name, number) -> feed(runner, signature, name, scalar(number), fed));
      maps.forEach((name, map) -> feed(runner, signature, name, tensor(map), fed));
      Operand<?> fetched = signature.outputs().get(output);
      try (Result result = runner.fetch(fetched).run()) {
        return maps((TFloat32) result.get(0));
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static void feed(
      Session.Runner runner,
      ServableSignature signature,
      String name,
      Tensor tensor,
      List<Tensor> fed) {
    fed.add(tensor);
    runner.feed(signature.inputs().get(name), tensor);
  }

  private static Tensor scalar(Number number) {
    if (number instanceof Long value) {
      return TInt64.scalarOf(value);
    }
    return number instanceof Integer value
        ? TInt32.scalarOf(value)
        : TFloat32.scalarOf(number.floatValue());
  }

  private static Tensor tensor(PyramidMaps maps) {
    Shape shape = Shape.of(maps.count(), maps.height(), maps.width(), maps.channels());
    return TFloat32.tensorOf(shape, DataBuffers.of(maps.values()));
  }

  private static PyramidMaps maps(TFloat32 found) {
    float[] values = new float[Math.toIntExact(found.size())];
    found.asRawTensor().data().asFloats().read(values);
    long[] shape = found.shape().asArray();
    return new PyramidMaps((int) shape[0], (int) shape[1], (int) shape[2], (int) shape[3], values);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
