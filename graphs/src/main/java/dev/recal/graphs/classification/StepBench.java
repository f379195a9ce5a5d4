package dev.recal.graphs.classification;

import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.network.Network;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Uniform;
import dev.recal.ops.runtime.Graphs;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A benchmark of a network's training step and inference on images inside the graph: the graph of a
 * run, without its pipeline.
 */
public final class StepBench implements AutoCloseable {

  private static final long STEPS_PER_EPOCH = 1_000_000;

  private final Graph graph = Graphs.create();
  private final VariableStore images;
  private final ClassificationGraph built;
  private final Session session;

  /**
   * Builds and initialises.
   *
   * @param settings the batch, the optimiser and the precision count
   * @param height of the images in pixels
   * @param width of the images in pixels
   */
  public StepBench(Network network, ClassificationSettings settings, int height, int width) {
    this(network, settings, Shape.of(height, width), Workers.single(), Replicas.single());
  }

  /**
   * Builds and initialises one of several workers.
   *
   * @param settings the batch of this worker, the optimiser and the precision count
   * @param size height and width of the images in pixels
   * @param workers open the session
   * @param replicas over which gradients are averaged; a single one where workers exchange nothing
   */
  public StepBench(
      Network network,
      ClassificationSettings settings,
      Shape size,
      Workers workers,
      Replicas replicas) {
    try {
      this.images = new VariableStore(graph, settings.session().seed());
      this.built = build(network, settings, size, replicas);
      this.session = workers.open(graph, settings.session().config());
    } catch (RuntimeException | Error refused) {
      graph.close();
      throw refused;
    }
    images.initialize(session);
    built.job().store().initialize(session);
  }

  private ClassificationGraph build(
      Network network, ClassificationSettings settings, Shape size, Replicas replicas) {
    Ops tf = GraphScope.ops(graph).withSubScope("bench_input");
    Shape shape = Shape.of(settings.microBatch(), size.get(0), size.get(1), 3);
    Operand<TFloat32> pixels =
        images
            .create("bench/images", VariableSpec.statistic("images", shape, new Uniform(0f, 1f)))
            .read();
    int[] classes = new int[settings.microBatch()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = i % network.classes();
    }
    Operand<TInt32> labels = tf.constant(classes);
    Batch batch = new Batch(pixels, labels);
    return ClassificationGraph.build(
        graph,
        network,
        settings,
        new ClassificationGraph.Batches(batch, batch, batch, STEPS_PER_EPOCH),
        replicas);
  }

  /** Returns the shapes of the gradients, in the order in which they are averaged. */
  public List<Shape> gradients() {
    return built.job().store().trainable().stream().map(v -> v.read().shape()).toList();
  }

  /** Runs one training step; returns its seconds. */
  public double train() {
    long from = System.nanoTime();
    session.runner().fetch(built.loss()).addTarget(built.apply()).run().close();
    return (System.nanoTime() - from) / 1e9;
  }

  /** Runs one batch in inference phase; returns its seconds. */
  public double infer() {
    long from = System.nanoTime();
    session.runner().fetch(built.evaluation().logits()).run().close();
    return (System.nanoTime() - from) / 1e9;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
