package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.training.StatisticsEstimate;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The generator with averaged weights, which generates the images. The stored batch statistics do
 * not belong to the averaged weights, so they are re-estimated before use.
 */
final class AveragedGenerator {

  private final VariableStore store;
  private final FastGanGenerator generator;
  private final SynthesisSettings settings;
  private final AveragedWeights weights;
  private Op start;
  private StatisticsEstimate estimate;
  private Placeholder<TFloat32> latents;
  private Operand<TFloat32> images;
  private Operand<TFloat32> chosen;

  private AveragedGenerator(
      VariableStore store, FastGanGenerator generator, SynthesisSettings settings) {
    this.store = store;
    this.generator = generator;
    this.settings = settings;
    this.weights =
        AveragedWeights.of(
            store, variable -> variable.name().startsWith(SynthesisGraph.GENERATOR + "/"));
  }

  /** Creates the averages, after the generator's variables and before any slots. */
  static AveragedGenerator start(
      VariableStore store, FastGanGenerator generator, SynthesisSettings settings) {
    return new AveragedGenerator(store, generator, settings);
  }

  AveragedWeights weights() {
    return weights;
  }

  /** Adds the towers over the averages. */
  void complete(Ops tf) {
    start = weights.copy(tf);
    Placeholder<TInt64> batch = StatisticsEstimate.number(tf);
    BuildContext estimating =
        BuildContext.of(
            store,
            Tower.training()
                .named("statistics")
                .atStep(batch)
                .withVariables(weights.substitution()));
    Ops own = estimating.tf();
    generator.build(
        estimating.at(SynthesisGraph.GENERATOR),
        own.random.statelessRandomNormal(
            own.constant(new int[] {settings.microBatch(), generator.latent()}),
            estimating.seed("estimate"),
            TFloat32.class));
    estimate = StatisticsEstimate.of(tf, batch, estimating.movingAverages(), weights);
    latents = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, generator.latent())));
    BuildContext answering =
        BuildContext.of(
            store, Tower.inference().named("sampling").withVariables(weights.substitution()));
    images = generator.build(answering.at(SynthesisGraph.GENERATOR), latents).images();
    chosen =
        own.random.statelessRandomNormal(
            own.constant(new int[] {settings.intervals().count(), generator.latent()}),
            own.constant(new long[] {settings.session().seed(), 0}),
            TFloat32.class);
  }

  /** Sets the averages to the weights, once before training. */
  void begin(Session session) {
    session.runner().addTarget(start).run().close();
  }

  /** Estimates the batch statistics of the averages. */
  void estimate(Session session) {
    estimate.run(session, settings.updates().averageBatches());
  }

  /**
   * Generates the images of always the same latents.
   *
   * @return (count, S, S, 3) in 0–1
   */
  float[] samples(Session session) {
    int count = settings.intervals().count();
    int latent = generator.latent();
    float[] z = new float[count * latent];
    try (Result result = session.runner().fetch(chosen).run()) {
      ((TFloat32) result.get(0)).copyTo(DataBuffers.of(z));
    }
    return generate(session, z);
  }

  /**
   * Generates images of latent vectors.
   *
   * @param z row-major, (N, latent)
   * @return (N, S, S, 3) in 0–1
   */
  float[] generate(Session session, float[] z) {
    int latent = generator.latent();
    int count = z.length / latent;
    int values = 3 * generator.size() * generator.size();
    float[] all = new float[count * values];
    for (int first = 0; first < count; first += settings.batch()) {
      int some = Math.min(settings.batch(), count - first);
      try (TFloat32 fed =
              TFloat32.tensorOf(
                  Shape.of(some, latent),
                  DataBuffers.of(z).slice((long) first * latent, (long) some * latent));
          Result result = session.runner().feed(latents, fed).fetch(images).run()) {
        ((TFloat32) result.get(0))
            .copyTo(DataBuffers.of(all).slice((long) first * values, (long) some * values));
      }
    }
    for (int i = 0; i < all.length; i++) {
      all[i] = (all[i] + 1) / 2;
    }
    return all;
  }
}
