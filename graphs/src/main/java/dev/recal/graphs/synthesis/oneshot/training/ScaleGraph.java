package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidGraph;
import dev.recal.graphs.training.JobGraph;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.image.CubicResize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The training of one scale as a static graph, in which a step of both networks is one {@code
 * session.run}:
 *
 * <pre>
 * noise → frozen scales below → enlarged, a batch of one for each step of the critic ┐
 * noise of the step ───────────────────────────────────────────────→ generator → generated images
 * critic step j: real, generated j, penalty between them → gradients → critic's new weights
 * generator step j: −mean critic(last generated), once + reconstruction j → generator's new weights
 * </pre>
 *
 * <p>As in SinGAN's released code, all critic steps share the noise of this scale, the generated
 * image of the last critic step serves all generator steps, and each of the generator's passes
 * updates its stored statistics. Differences: the gradient of the adversarial loss is computed once
 * (the released code computes it three times, through activations of the first and weights of the
 * current step, which current PyTorch rejects as an error); the fixed noise of the smallest scale
 * is drawn once, as in the paper, not in each step.
 *
 * <p>Control dependencies order all reads and writes of a variable, so a step is deterministic.
 */
final class ScaleGraph {

  static final String CRITIC = "critic";

  private final OneShotSettings settings;
  private final VariableStore store;
  private final Ops tf;
  private final PyramidGraph pyramid;
  private final int scale;
  private final Variable<TInt64> step;
  private final Operand<TFloat32> learningRate;
  private final BuildContext draws;
  private final Operand<TFloat32> real;
  private final List<Operand<TFloat32>> previous = new ArrayList<>();
  private final List<Operand<TFloat32>> alphas = new ArrayList<>();
  private Operand<TFloat32> noise;
  private final CriticSteps critic;
  private final GeneratorSteps generator;
  private final Op takeStep;
  private final Operand<TFloat32> metrics;
  private final ScaleStart start;
  private final ScalePictures pictures;
  private final JobGraph job;

  /**
   * Adds everything to a graph.
   *
   * @param graph an empty one
   * @param sizes of the pyramid
   * @param channels of the image
   * @param scale which one is trained; those below are frozen
   * @param previous the variables of the last checkpoint of the scale below, by their prefix
   */
  ScaleGraph(
      Graph graph,
      OneShotRecipe recipe,
      Pyramid sizes,
      int channels,
      int scale,
      Optional<StoredScale> previous) {
    this.settings = recipe.training();
    this.scale = scale;
    this.store = settings.session().store(graph);
    this.tf = GraphScope.ops(graph).withSubScope("trainer");
    this.pyramid = new PyramidGraph(store, recipe.network(), sizes, channels);
    this.step = store.counter(StepCounters.STEP);
    this.learningRate =
        settings.updates().learningRate().rate(tf, step.read(), settings.steps(), 1);
    this.draws = BuildContext.of(store, Tower.training().named("draws").atStep(step.read()));
    this.real = real();

    // Those of the scales below are not used in training, but exported.
    pyramid.fixedNoise();
    for (int k = 1; k <= scale; k++) {
      pyramid.previous(k);
    }
    GeneratorSteps.Fakes fakes = fakes();
    LossScaling criticScaling = settings.session().scaling(store, CRITIC);
    LossScaling scaling = settings.session().scaling(store, "generator");
    this.critic =
        new CriticSteps(tf, store, recipe, scale, real, fakes.images(), this::alpha, criticScaling);
    critic.build(request -> update(request, settings.criticSteps(), criticScaling));
    this.generator = new GeneratorSteps(tf, pyramid, settings, scale, real, fakes, critic, scaling);
    generator.build(request -> update(request, settings.generatorSteps(), scaling));
    List<Op> work = new ArrayList<>(criticScaling.adjusted(tf, critic.done()));
    work.addAll(scaling.adjusted(tf, generator.done()));
    this.takeStep =
        tf.withControlDependencies(
                List.of(
                    tf.withControlDependencies(work)
                        .assignAddVariableOp(step.handle(), tf.constant(1L))))
            .noOp();
    this.metrics = metrics();
    this.start = new ScaleStart(tf, pyramid, settings, scale, real, previous);
    this.pictures = new ScalePictures(tf, pyramid, scale, settings.intervals().count());
    this.job = JobGraph.of(store);
  }

  private Operand<TFloat32> real() {
    Operand<TFloat32> image = pyramid.image().read();
    Pyramid sizes = pyramid.pyramid();
    if (scale == sizes.last()) {
      return CubicResize.truncated(tf, image);
    }
    return CubicResize.resize(
        tf, image, sizes.reduction(scale), sizes.height(scale), sizes.width(scale));
  }

  /** Standard normal noise of a scale, another for each step and use. */
  private Operand<TFloat32> noise(String use, int count, int scale) {
    Pyramid sizes = pyramid.pyramid();
    int channels = scale == 0 ? 1 : pyramid.channels();
    int[] shape = {count, sizes.height(scale), sizes.width(scale), channels};
    return tf.random.statelessRandomNormal(
        tf.constant(shape), draws.seed(use + scale), TFloat32.class);
  }

  private GeneratorSteps.Fakes fakes() {
    int count = settings.criticSteps();
    BuildContext below = BuildContext.of(store, Tower.inference().named("below"));
    Operand<TFloat32> images = pyramid.nothing(tf, count);
    for (int k = 0; k < scale; k++) {
      Operand<TFloat32> made = pyramid.generate(below, k, noise("below", count, k), images);
      images = pyramid.enlarged(tf, made, k + 1);
    }
    List<Output<TFloat32>> parts =
        tf.split(tf.constant(0), tf.stopGradient(images), (long) count).output();
    noise = noise("noise", 1, scale);
    previous.addAll(parts);
    List<BuildContext> towers = new ArrayList<>();
    List<Operand<TFloat32>> fakes = new ArrayList<>();
    for (int j = 0; j < count; j++) {
      BuildContext tower = BuildContext.of(store, Tower.training().named("fake" + j));
      towers.add(tower);
      fakes.add(pyramid.generate(tower, scale, noise, previous.get(j)));
    }
    return new GeneratorSteps.Fakes(towers, fakes);
  }

  // A scalar in 0..1.
  private Operand<TFloat32> alpha(int j) {
    Operand<TFloat32> share =
        tf.random.statelessRandomUniform(
            tf.constant(new int[0]), draws.seed("alpha" + j), TFloat32.class);
    alphas.add(share);
    return share;
  }

  // A loss has read all weights; a gradient need not have, for example that of the last bias.
  private List<Op> update(UpdateRequest request, int updatesPerStep, LossScaling scaling) {
    Ops after = tf.withControlDependencies(request.losses());
    Operand<TInt64> number =
        tf.math.add(
            tf.math.mul(step.read(), tf.constant((long) updatesPerStep)),
            tf.constant((long) request.number()));
    return WeightUpdates.of(
            new WeightUpdates.Setup(
                    after, store, settings.updates(), number, learningRate, Optional.empty())
                .withScaling(scaling)
                .withStatistics(request.statistics()),
            request.variables(),
            request.gradients())
        .changes();
  }

  /**
   * One update of one network.
   *
   * @param number of the update in its step, from 0
   * @param variables as they are read before the update
   * @param gradients of them
   * @param losses that depend on every variable
   * @param statistics adds what else changes with the update
   */
  record UpdateRequest(
      int number,
      List<Variable<TFloat32>> variables,
      List<Operand<TFloat32>> gradients,
      List<Op> losses,
      Function<Ops, List<Op>> statistics) {}

  private Operand<TFloat32> metrics() {
    return tf.stack(
        List.of(
            critic.adversarial(),
            generator.reconstruction(),
            critic.realMean(),
            critic.fakeMean(),
            generator.adversarial(),
            generator.gradientNorm(),
            learningRate,
            critic.penalty()));
  }

  JobGraph job() {
    return job;
  }

  PyramidGraph pyramid() {
    return pyramid;
  }

  /** Takes one step of both networks. */
  Op takeStep() {
    return takeStep;
  }

  /**
   * (8): the critic's loss, reconstruction loss, mean value of the real and of a generated image,
   * the generator's adversarial loss, the norm of its gradient at the image, learning rate,
   * penalty; of the last update each.
   */
  Operand<TFloat32> metricValues() {
    return metrics;
  }

  ScaleStart start() {
    return start;
  }

  ScalePictures pictures() {
    return pictures;
  }

  CriticSteps critic() {
    return critic;
  }

  GeneratorSteps generator() {
    return generator;
  }

  /** The random image below of each of the critic's updates, (1, h, w, C). */
  List<Operand<TFloat32>> previousImages() {
    return previous;
  }

  /** The share of the real image in the point of each of the critic's penalties. */
  List<Operand<TFloat32>> alphas() {
    return alphas;
  }

  /** The noise of the step, (1, h, w, C or 1). */
  Operand<TFloat32> noise() {
    return noise;
  }

  /** The real image of the scale, (1, h, w, C) in −1..1. */
  Operand<TFloat32> realImage() {
    return real;
  }
}
