package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Uniform;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A benchmark of a recipe's training step, in full and in parts, on images inside the graph: the
 * graph of a run, without its pipeline.
 */
public final class SynthesisBench implements AutoCloseable {

  /** A part of a step that can be run by itself. */
  public enum Part {
    /** The whole step of both networks. */
    STEP,
    /** The generator forward, in training phase. */
    GENERATOR_FORWARD,
    /** The three augmentations of a step, forward; generated images are fixed. */
    AUGMENTATION,
    /**
     * The discriminator's step without its optimiser: forward over real and generated images,
     * decoders, distance, gradients. Includes the generator's forward pass.
     */
    DISCRIMINATOR_GRADIENTS,
    /** The discriminator's step with its optimiser. */
    DISCRIMINATOR_STEP
  }

  private static final long STEPS_PER_EPOCH = 1_000_000;

  private final Graph graph = Graphs.create();
  private final Session session;
  private final Map<Part, Op> targets = new EnumMap<>(Part.class);

  /**
   * Builds and initialises.
   *
   * @param recipe network and settings; the images are not opened, and accumulation must be 1
   */
  public SynthesisBench(SynthesisRecipe recipe, ImageDistance distance) {
    SynthesisSettings settings = recipe.training();
    if (settings.updates().accumulation() != 1) {
      throw new IllegalArgumentException(
          "accumulation: expected 1, but got " + settings.updates().accumulation() + ".");
    }
    VariableStore images = new VariableStore(graph, settings.session().seed());
    SynthesisGraph built;
    try {
      Operand<TFloat32> pixels = pixels(images, settings.batch(), recipe.network().size());
      built =
          SynthesisGraph.build(graph, recipe, pixels, distance, STEPS_PER_EPOCH, Replicas.single());
      Ops tf = GraphScope.ops(graph).withSubScope("bench");
      targets.put(Part.STEP, built.runs().generatorStep());
      targets.put(
          Part.GENERATOR_FORWARD,
          all(tf, List.of(built.generated().images(), built.generated().small())));
      targets.put(Part.AUGMENTATION, augmentation(tf, recipe, pixels));
      targets.put(Part.DISCRIMINATOR_GRADIENTS, all(tf, built.discriminatorGradients()));
      targets.put(Part.DISCRIMINATOR_STEP, built.runs().discriminatorDone());
    } catch (RuntimeException refused) {
      graph.close();
      throw refused;
    }
    this.session = Sessions.open(graph, settings.session().config());
    images.initialize(session);
    built.job().store().initialize(session);
  }

  private static Operand<TFloat32> pixels(VariableStore images, int batch, int size) {
    Shape shape = Shape.of(batch, size, size, 3);
    return images
        .create("bench/images", VariableSpec.statistic("images", shape, new Uniform(0f, 1f)))
        .read();
  }

  // The small image is a quarter of the work of the full one at most, so a step augments the full
  // size twice and the small one once.
  private static Op augmentation(Ops tf, SynthesisRecipe recipe, Operand<TFloat32> pixels) {
    SynthesisSettings settings = recipe.training();
    int small = recipe.network().generator().smallSize();
    Operand<TFloat32> smaller =
        tf.slice(
            pixels,
            tf.constant(new int[4]),
            tf.constant(new int[] {settings.batch(), small, small, 3}));
    return all(
        tf,
        List.of(
            settings.augmentation().apply(tf, pixels, tf.constant(new long[] {1, 1})),
            settings.augmentation().apply(tf, pixels, tf.constant(new long[] {1, 2})),
            settings.augmentation().apply(tf, smaller, tf.constant(new long[] {1, 3}))));
  }

  // A scalar that depends on all of them, since unused values are not computed.
  private static Op all(Ops tf, List<Operand<TFloat32>> values) {
    return tf.math.addN(values.stream().<Operand<TFloat32>>map(tf.nn::l2Loss).toList());
  }

  /** Runs a part once; returns its seconds. */
  public double run(Part part) {
    long from = System.nanoTime();
    Op target = targets.get(part);
    Session.Runner runner = session.runner();
    if (target.op().numOutputs() == 0) {
      runner.addTarget(target);
    } else {
      // A value without consumers would be pruned if it were only a target.
      runner.fetch(target.op().output(0));
    }
    runner.run().close();
    return (System.nanoTime() - from) / 1e9;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
