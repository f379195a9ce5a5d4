package dev.recal.tools.bench;

import dev.recal.graphs.training.Precision;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.initializer.Uniform;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/**
 * One block in its own session, in two towers that share its variables: as exported, and in
 * training with the gradients of its inputs and variables. Inputs and the incoming gradient are in
 * the graph, as in a network.
 */
final class BlockBench implements AutoCloseable {

  private static final RunOptions TRACED =
      RunOptions.newBuilder()
          .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
          .setOutputPartitionGraphs(true)
          .build();

  private final Graph graph = Graphs.create();
  private final VariableStore store;
  private final List<Operand<TFloat32>> answer;
  private final Operand<TFloat32> learned;
  private final List<Op> updates;
  private final Session session;

  /**
   * Builds and initialises.
   *
   * @throws IllegalArgumentException if the block cannot be built on these inputs, or changes their
   *     size
   */
  BlockBench(ModuleBlock block, Map<String, Shape> inputs, int channels, Precision precision) {
    store = new VariableStore(graph, 1, precision.products(), Replicas.single());
    try {
      Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
      inputs.forEach((name, shape) -> maps.put(name, values(name, shape)));
      Shape expected = withChannels(inputs.get("x"), channels);
      Operand<TFloat32> served = block.build(BuildContext.of(store, Tower.serving()), maps);
      if (!served.shape().equals(expected)) {
        throw new IllegalArgumentException(
            "module: expected an output of shape "
                + expected
                + ", but got shape "
                + served.shape()
                + ".");
      }
      BuildContext training = BuildContext.of(store, Tower.training());
      Operand<TFloat32> y = block.build(training, maps);
      List<Operand<TFloat32>> sources = new ArrayList<>(maps.values());
      store.trainable().forEach(variable -> sources.add(variable.read()));
      answer = List.of(served);
      List<Operand<TFloat32>> gradients =
          Gradients.of(y, sources, Optional.of(values("gradient", expected)));
      learned = ends(training.tf(), gradients, sources);
      updates = training.updates();
    } catch (RuntimeException refused) {
      graph.close();
      throw refused;
    }
    session = Sessions.open(graph, precision.session(0));
    try {
      store.initialize(session);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  // TensorFlow computes fetched values in float32, whatever the precision of the session. So the
  // gradients end in one number, of one element each.
  private static Operand<TFloat32> ends(
      Ops tf, List<Operand<TFloat32>> gradients, List<Operand<TFloat32>> sources) {
    List<Operand<TFloat32>> ends = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      int rank = sources.get(i).shape().numDimensions();
      int[] one = new int[rank];
      Arrays.fill(one, 1);
      Operand<TFloat32> first =
          tf.slice(gradients.get(i), tf.constant(new int[rank]), tf.constant(one));
      ends.add(tf.reshape(first, tf.constant(new int[0])));
    }
    return tf.math.addN(ends);
  }

  private Operand<TFloat32> values(String name, Shape shape) {
    return store
        .create("bench/" + name, VariableSpec.statistic(name, shape, new Uniform(-1f, 1f)))
        .read();
  }

  private static Shape withChannels(Shape map, int channels) {
    return Shape.of(map.get(0), map.get(1), map.get(2), channels);
  }

  /** Runs the exported form once; returns its seconds. */
  double forward() {
    return seconds(inferenceRunner());
  }

  /** Runs training's forward and backward pass once; returns their seconds. */
  double step() {
    return seconds(trainingRunner());
  }

  /** Returns the peak memory of the exported form in bytes. */
  long forwardBytes() {
    return bytes(inferenceRunner());
  }

  /** Returns the peak memory of a forward and backward pass in bytes. */
  long stepBytes() {
    return bytes(trainingRunner());
  }

  // Fetching needs no copy, and what leads to fetched values cannot be optimised away.
  private Session.Runner inferenceRunner() {
    Session.Runner runner = session.runner();
    answer.forEach(runner::fetch);
    return runner;
  }

  private Session.Runner trainingRunner() {
    Session.Runner runner = session.runner();
    runner.fetch(learned);
    updates.forEach(runner::addTarget);
    return runner;
  }

  private static double seconds(Session.Runner runner) {
    long from = System.nanoTime();
    runner.run().close();
    return (System.nanoTime() - from) / 1e9;
  }

  private static long bytes(Session.Runner runner) {
    return RunMemory.peak(metadata(runner));
  }

  /** Runs training's forward and backward pass once; returns its graph as TensorFlow ran it. */
  RunMetadata stepMetadata() {
    return metadata(trainingRunner());
  }

  private static RunMetadata metadata(Session.Runner runner) {
    try (Result result = runner.setOptions(TRACED).runAndFetchMetadata()) {
      return result.getMetadata().orElseThrow();
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
