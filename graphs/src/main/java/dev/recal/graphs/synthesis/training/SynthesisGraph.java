package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.graphs.synthesis.DiscriminatorOutput;
import dev.recal.graphs.synthesis.FastGan;
import dev.recal.graphs.synthesis.GeneratorOutput;
import dev.recal.graphs.synthesis.Reconstructions;
import dev.recal.graphs.synthesis.loss.HingeLoss;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.training.JobGraph;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import dev.recal.ops.pool.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Both steps of a run as one static graph, so that they are one {@code session.run}:
 *
 * <pre>
 * z → generator → augmented, twice ┐
 * images → augmented ──────────────┴→ discriminator → hinge + reconstructions → its new weights
 *                                     discriminator with these, on the same generated images
 *                                       → −mean → generator's new weights → their averages
 * </pre>
 *
 * <p>The generator runs once. The discriminator is instantiated three times: over real images,
 * whose batch statistics and power iteration it stores; over generated ones, whose statistics it
 * discards; and again over the generated ones with reads that wait for the new weights. Control
 * dependencies order all reads and writes of a variable, so a step is deterministic.
 *
 * <p>With accumulation a step is several micro-batches of the discriminator, then as many of the
 * generator, with the same random numbers.
 */
final class SynthesisGraph {

  static final String GENERATOR = "generator";
  static final String DISCRIMINATOR = "discriminator";

  private final FastGan network;
  private final SynthesisSettings settings;
  private final ImageDistance distance;
  private final VariableStore store;
  private final Ops tf;
  private final Variable<TInt64> step;
  private final int part;
  private final StepRandom draws;
  private final GeneratorOutput generated;
  private final BuildContext generator;
  private final Operand<TFloat32> generatedImages;
  private final Operand<TFloat32> generatedSmall;
  private final MicroBatchOps runs;
  private final AveragedGenerator averaged;
  private final Operand<TFloat32> discriminatorMetrics;
  private final Operand<TFloat32> generatorMetrics;
  private final Operand<TUint8> pictures;
  private final List<Operand<TFloat32>> discriminatorGradients;
  private final List<Variable<?>> networkVariables;
  private final Operand<TFloat32> learningRate;
  private final JobGraph job;

  private SynthesisGraph(
      Graph graph,
      SynthesisRecipe recipe,
      Operand<TFloat32> images,
      ImageDistance distance,
      long stepsPerEpoch,
      Replicas replicas) {
    this.network = recipe.network();
    this.settings = recipe.training();
    this.distance = distance;
    this.store = settings.session().store(graph, replicas);
    this.tf = GraphScope.ops(graph).withSubScope("trainer");
    this.step = store.counter(StepCounters.STEP);
    this.part = settings.microBatch() / replicas.size();
    this.learningRate =
        settings
            .updates()
            .learningRate()
            .rate(tf, step.read(), stepsPerEpoch, (double) settings.steps() / stepsPerEpoch);
    this.draws = StepRandom.of(store, step, settings.updates().accumulation());
    this.generator = tower("generator_training");
    this.generated =
        network
            .generator()
            .build(generator.at(GENERATOR), draws.latents(part, network.generator().latent()));
    this.generatedImages =
        settings.augmentation().apply(tf, generated.images(), draws.seed("made_images"));
    this.generatedSmall =
        settings.augmentation().apply(tf, generated.small(), draws.seed("made_small"));
    Operand<TFloat32> real = draws.prepared(images, recipe.data().flip());
    RealBatch side = realBatch(settings.augmentation().apply(tf, real, draws.seed("real")));
    List<Variable<TFloat32>> discriminatorVariables = trainable(DISCRIMINATOR);
    List<Variable<TFloat32>> generatorVariables = trainable(GENERATOR);
    this.networkVariables = store.all().stream().filter(SynthesisGraph::isNetworkVariable).toList();
    this.averaged = AveragedGenerator.start(store, network.generator(), settings);
    LossScaling scaling = settings.session().scaling(store, DISCRIMINATOR);
    List<Operand<TFloat32>> gradients =
        Gradients.of(scaling.scaled(tf, side.objective()), reads(discriminatorVariables));
    this.discriminatorGradients = gradients;
    this.runs = new MicroBatchOps(tf, store, step, settings.updates().accumulation());
    runs.discriminator(
        WeightUpdates.of(
            updates(Optional.empty(), scaling, side.statistics()),
            discriminatorVariables,
            gradients),
        scaling);

    LossScaling generatorScaling = settings.session().scaling(store, GENERATOR);
    GeneratorLoss generatorLoss = generatorLoss(generatorVariables, generatorScaling);
    runs.generator(
        WeightUpdates.of(
            updates(Optional.of(averaged.weights()), generatorScaling, generator::updates),
            generatorVariables,
            generatorLoss.gradients()),
        generatorScaling);
    this.discriminatorMetrics = replicas.mean(tf, side.metrics());
    this.generatorMetrics = replicas.mean(tf, generatorLoss.metrics());
    this.pictures = side.pictures();
    averaged.complete(tf);
    this.job = JobGraph.of(store);
  }

  /**
   * Adds everything to a graph.
   *
   * @param images the next batch (N, S, S, 3) in 0–1, one micro-batch
   * @param stepsPerEpoch steps of one pass over the images, which the learning rate follows
   * @param replicas the copies of the networks that train together
   */
  static SynthesisGraph build(
      Graph graph,
      SynthesisRecipe recipe,
      Operand<TFloat32> images,
      ImageDistance distance,
      long stepsPerEpoch,
      Replicas replicas) {
    return new SynthesisGraph(graph, recipe, images, distance, stepsPerEpoch, replicas);
  }

  private WeightUpdates.Setup updates(
      Optional<AveragedWeights> averages, LossScaling scaling, Function<Ops, List<Op>> statistics) {
    return new WeightUpdates.Setup(
            tf, store, settings.updates(), step.read(), learningRate, averages)
        .withScaling(scaling)
        .withStatistics(statistics);
  }

  private static boolean isNetworkVariable(Variable<?> variable) {
    return variable.name().startsWith(GENERATOR + "/")
        || variable.name().startsWith(DISCRIMINATOR + "/");
  }

  private BuildContext tower(String name) {
    return BuildContext.of(store, training(name));
  }

  private Tower training(String name) {
    return Tower.training()
        .named(name)
        .atStep(draws.number())
        .withBatchStatisticsOver(settings.session().batchStatistics().over(store.replicas()));
  }

  // The discriminator's loss.
  private record RealBatch(
      Operand<TFloat32> objective,
      Function<Ops, List<Op>> statistics,
      Operand<TFloat32> metrics,
      Operand<TUint8> pictures) {}

  private RealBatch realBatch(Operand<TFloat32> real) {
    BuildContext context = tower("real");
    DiscriminatorOutput output =
        network.discriminator().build(context.at(DISCRIMINATOR), real, smaller(real));
    Operand<TInt32> quadrant = draws.quadrant();
    Reconstructions rebuilt =
        network.discriminator().decode(context.at(DISCRIMINATOR), output, quadrant);
    Operand<TFloat32> generatedLogits =
        network
            .discriminator()
            .build(tower("made").at(DISCRIMINATOR), generatedImages, generatedSmall)
            .logits();
    Operand<TFloat32> adversarial =
        tf.math.add(
            HingeLoss.real(tf, output.logits(), draws.seed("real_margins")),
            HingeLoss.generated(tf, generatedLogits, draws.seed("made_margins")));
    Operand<TFloat32> whole = decodedSize(real);
    Operand<TFloat32> part = decodedSize(quadrant(real, quadrant));
    Operand<TFloat32> distances =
        distance.between(
            tf,
            tf.concat(List.of(rebuilt.whole(), rebuilt.small(), rebuilt.part()), tf.constant(0)),
            tf.concat(List.of(whole, whole, part), tf.constant(0)));
    // The mean over three images for each real one, so three times that is the sum of three means.
    Operand<TFloat32> reconstruction =
        tf.math.mul(
            tf.math.mean(distances, tf.constant(0)),
            tf.constant((float) (3 * settings.reconstruction())));
    Operand<TFloat32> metrics =
        tf.stack(
            List.of(
                adversarial,
                reconstruction,
                HingeLoss.mean(tf, output.logits()),
                HingeLoss.mean(tf, generatedLogits)));
    Operand<TFloat32> shown =
        tf.stack(List.of(whole, rebuilt.whole(), rebuilt.small(), part, rebuilt.part()));
    return new RealBatch(
        tf.math.add(adversarial, reconstruction), context::updates, metrics, bytes(shown));
  }

  private Operand<TFloat32> smaller(Operand<TFloat32> images) {
    return resized(images, network.discriminator().smallSize());
  }

  private Operand<TFloat32> decodedSize(Operand<TFloat32> images) {
    return resized(images, network.discriminator().decodedSize());
  }

  private Operand<TFloat32> resized(Operand<TFloat32> images, int size) {
    return images.shape().get(1) == size
        ? images
        : Resize.NEAREST.to(tf, images, tf.constant(new int[] {size, size}));
  }

  // One of four, row by row.
  private Operand<TFloat32> quadrant(Operand<TFloat32> images, Operand<TInt32> which) {
    int half = network.size() / 2;
    Operand<TInt32> two = tf.constant(2);
    Operand<TInt32> row = tf.math.mul(tf.math.floorDiv(which, two), tf.constant(half));
    Operand<TInt32> column = tf.math.mul(tf.math.floorMod(which, two), tf.constant(half));
    Operand<TInt32> zero = tf.constant(0);
    return tf.slice(
        images,
        tf.stack(List.of(zero, row, column, zero)),
        tf.constant(new int[] {part, half, half, 3}));
  }

  private Operand<TUint8> bytes(Operand<TFloat32> images) {
    Operand<TFloat32> levels =
        tf.math.mul(tf.math.add(images, tf.constant(1f)), tf.constant(127.5f));
    return tf.dtypes.cast(
        tf.math.rint(tf.clipByValue(levels, tf.constant(0f), tf.constant(255f))), TUint8.class);
  }

  // The generator's gradients, the images' among them.
  private record GeneratorLoss(List<Operand<TFloat32>> gradients, Operand<TFloat32> metrics) {}

  private GeneratorLoss generatorLoss(
      List<Variable<TFloat32>> generatorVariables, LossScaling scaling) {
    BuildContext context =
        BuildContext.of(store, training("judge").withVariables(runs::afterDiscriminator));
    Operand<TFloat32> loss =
        HingeLoss.generator(
            tf,
            network
                .discriminator()
                .build(context.at(DISCRIMINATOR), generatedImages, generatedSmall)
                .logits());
    List<Operand<TFloat32>> inputs = new ArrayList<>(reads(generatorVariables));
    inputs.add(generated.images());
    List<Operand<TFloat32>> gradients = Gradients.of(scaling.scaled(tf, loss), inputs);
    Operand<TFloat32> images = gradients.get(gradients.size() - 1);
    Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.nn.l2Loss(images), tf.constant(2f)));
    return new GeneratorLoss(
        gradients.subList(0, gradients.size() - 1),
        tf.stack(List.of(loss, scaling.unscaled(tf, norm), learningRate)));
  }

  private List<Variable<TFloat32>> trainable(String scope) {
    return store.trainable().stream().filter(v -> v.name().startsWith(scope + "/")).toList();
  }

  private static List<Operand<TFloat32>> reads(List<Variable<TFloat32>> variables) {
    return variables.stream().map(Variable::read).toList();
  }

  /** What a loop does to the graph. */
  JobGraph job() {
    return job;
  }

  /** The variables of both networks, without counters, averages, sums and slots. */
  List<Variable<?>> networkVariables() {
    return networkVariables;
  }

  /** The number of trainable values in a scope. */
  long parameters(String scope) {
    return trainable(scope).stream().mapToLong(Variable::size).sum();
  }

  GeneratorOutput generated() {
    return generated;
  }

  /** One for each trainable variable of the discriminator. */
  List<Operand<TFloat32>> discriminatorGradients() {
    return discriminatorGradients;
  }

  /** The operations of one micro-batch. */
  MicroBatchOps runs() {
    return runs;
  }

  AveragedGenerator averaged() {
    return averaged;
  }

  /**
   * (4): adversarial loss, weighted reconstruction loss, mean logit of real and of generated
   * images.
   */
  Operand<TFloat32> discriminatorMetrics() {
    return discriminatorMetrics;
  }

  /** (3): loss, norm of its gradient at the full images, learning rate. */
  Operand<TFloat32> generatorMetrics() {
    return generatorMetrics;
  }

  /**
   * (5, N, D, D, 3): augmented real images, reconstructions from the full image, reconstructions
   * from the small image, a quadrant of the real ones, its reconstruction.
   */
  Operand<TUint8> pictures() {
    return pictures;
  }
}
