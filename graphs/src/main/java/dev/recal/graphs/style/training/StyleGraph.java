package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.loss.StyleTerms;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The training step of a style network as a static graph: batch → network → losses → gradients →
 * {@link WeightUpdates}, so that a step is one {@code session.run}; and the network that answers,
 * over the same variables.
 */
final class StyleGraph {

  private final StyleRecipe recipe;
  private final VariableStore store;
  private final Ops tf;
  private final StepCounters counters;
  private final List<Variable<?>> networkVariables;
  private final List<Operand<TFloat32>> gradients;
  private final Operand<TFloat32> learningRate;
  private final List<Operand<TFloat32>> metrics;
  private final Op accumulate;
  private final Op apply;

  /**
   * What held-out images give.
   *
   * @param images (N, H, W, 3) in 0–1
   * @param stylized the same in the style, clipped to 0–1
   * @param terms the losses
   */
  record Answer(Operand<TFloat32> images, Operand<TFloat32> stylized, StyleTerms terms) {}

  /**
   * Adds a step to a graph that has its batch.
   *
   * @param images (N, H, W, 3) in 0–1
   * @param grams the Gram matrices of the style image by map
   * @param replicas the copies of the network that train together
   */
  StyleGraph(
      Graph graph,
      StyleRecipe recipe,
      LossNetwork lossNetwork,
      Map<String, float[]> grams,
      Operand<TFloat32> images,
      long stepsPerEpoch,
      Replicas replicas) {
    StyleTraining settings = recipe.training();
    this.recipe = recipe;
    this.store = settings.session().store(graph, replicas);
    this.tf = GraphScope.ops(graph).withSubScope("trainer");
    this.counters = StepCounters.of(store);
    Tower tower =
        Tower.training()
            .atStep(counters.run().read())
            .withBatchStatisticsOver(settings.session().batchStatistics().over(replicas));
    Set<Variable<?>> before = Set.copyOf(store.all());
    BuildContext context = BuildContext.of(store, tower);
    Operand<TFloat32> output = recipe.network().build(context, images);
    this.networkVariables = store.all().stream().filter(v -> !before.contains(v)).toList();
    StyleTerms terms =
        StyleTerms.of(context.at("loss").tf(), lossNetwork, recipe.loss(), grams, images, output);
    Operand<TFloat32> loss = terms.total(tf);
    double epochs = (double) settings.totalSteps(stepsPerEpoch) / stepsPerEpoch;
    this.learningRate =
        settings.updates().learningRate().rate(tf, counters.step().read(), stepsPerEpoch, epochs);
    LossScaling scaling = settings.session().scaling(store, "loss");
    List<Variable<TFloat32>> variables = store.trainable();
    List<Operand<TFloat32>> reads = new ArrayList<>();
    variables.forEach(variable -> reads.add(variable.read()));
    this.gradients = Gradients.of(scaling.scaled(tf, objective(loss, context)), reads);
    WeightUpdates updates = updates(variables, context, scaling);
    this.accumulate = counters.summing(tf, updates.sums());
    this.apply = counters.completing(tf, scaling.adjusted(tf, updates.changes()));
    List<Operand<TFloat32>> reported = new ArrayList<>(List.of(loss));
    reported.addAll(terms.named().values());
    this.metrics = replicas.means(tf, reported);
  }

  private Operand<TFloat32> objective(Operand<TFloat32> loss, BuildContext context) {
    Operand<TFloat32> sum = loss;
    for (Operand<TFloat32> penalty : context.penalties()) {
      sum = tf.math.add(sum, penalty);
    }
    return sum;
  }

  private WeightUpdates updates(
      List<Variable<TFloat32>> variables, BuildContext context, LossScaling scaling) {
    WeightUpdates.Setup setup =
        new WeightUpdates.Setup(
                tf,
                store,
                recipe.training().updates(),
                counters.step().read(),
                learningRate,
                Optional.empty())
            .withScaling(scaling)
            .withStatistics(context::updates);
    return WeightUpdates.of(setup, variables, gradients);
  }

  /**
   * Adds the network in inference phase, with stored statistics, and its losses.
   *
   * @param store the network's variables
   * @param grams the Gram matrices of the style image by map
   * @param images (N, H, W, 3) in 0–1
   */
  static Answer answer(
      VariableStore store,
      StyleRecipe recipe,
      LossNetwork lossNetwork,
      Map<String, float[]> grams,
      Operand<TFloat32> images) {
    BuildContext context = BuildContext.of(store, Tower.serving().named("evaluation"));
    Operand<TFloat32> output =
        StyleServable.clipped(context.tf(), recipe.network().build(context, images));
    StyleTerms terms =
        StyleTerms.of(context.at("loss").tf(), lossNetwork, recipe.loss(), grams, images, output);
    return new Answer(images, output, terms);
  }

  VariableStore store() {
    return store;
  }

  /** The network's own variables, without counters, sums and slots. */
  List<Variable<?>> networkVariables() {
    return networkVariables;
  }

  /** One for each trainable variable, in the store's order. */
  List<Operand<TFloat32>> gradients() {
    return gradients;
  }

  /** The sum of the losses of all replicas' batch, a scalar. */
  Operand<TFloat32> loss() {
    return metrics.get(0);
  }

  /** The losses by name, scalars. */
  Map<String, Operand<TFloat32>> losses() {
    Map<String, Operand<TFloat32>> parts = new LinkedHashMap<>();
    for (String name : StyleTerms.NAMES) {
      parts.put(name, metrics.get(1 + parts.size()));
    }
    return parts;
  }

  Operand<TFloat32> learningRate() {
    return learningRate;
  }

  /** One run that adds to the gradient's sum; without accumulation it is not used. */
  Op accumulate() {
    return accumulate;
  }

  /** One run that completes a step. */
  Op apply() {
    return apply;
  }
}
