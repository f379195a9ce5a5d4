package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.optimisation.WeightUpdates;
import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.loss.ArbitraryTerms;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The training step of a decoder for arbitrary styles as a static graph. */
final class ArbitraryStyleGraph {

  private final VariableStore store;
  private final Operand<TFloat32> learningRate;
  private final List<Operand<TFloat32>> metrics;
  private final Op accumulate;
  private final Op apply;

  /**
   * A batch of contents and of styles, of one size.
   *
   * @param images (N, H, W, 3) in 0–1
   * @param styles of the same shape
   */
  record Batch(Operand<TFloat32> images, Operand<TFloat32> styles) {}

  /**
   * What held-out images give.
   *
   * @param batch contents and styles
   * @param stylized (N, H, W, 3), clipped to 0–1
   * @param terms the losses
   */
  record Answer(Batch batch, Operand<TFloat32> stylized, ArbitraryTerms terms) {}

  ArbitraryStyleGraph(
      Graph graph,
      ArbitraryStyleRecipe recipe,
      LossNetwork encoder,
      Batch batch,
      long stepsPerEpoch,
      Replicas replicas) {
    StyleTraining settings = recipe.training();
    this.store = settings.session().store(graph, replicas);
    Ops tf = GraphScope.ops(graph).withSubScope("trainer");
    StepCounters counters = StepCounters.of(store);
    BuildContext context = BuildContext.of(store, Tower.training().atStep(counters.run().read()));
    ArbitraryTerms terms = terms(context, recipe, encoder, batch).terms();
    Operand<TFloat32> loss = terms.total(tf);
    double epochs = (double) settings.totalSteps(stepsPerEpoch) / stepsPerEpoch;
    this.learningRate =
        settings.updates().learningRate().rate(tf, counters.step().read(), stepsPerEpoch, epochs);
    LossScaling scaling = settings.session().scaling(store, "loss");
    List<Variable<TFloat32>> variables = store.trainable();
    List<Operand<TFloat32>> reads = new ArrayList<>();
    variables.forEach(variable -> reads.add(variable.read()));
    WeightUpdates.Setup setup =
        new WeightUpdates.Setup(
                tf,
                store,
                settings.updates(),
                counters.step().read(),
                learningRate,
                Optional.empty())
            .withScaling(scaling);
    WeightUpdates updates =
        WeightUpdates.of(setup, variables, Gradients.of(scaling.scaled(tf, loss), reads));
    this.accumulate = counters.summing(tf, updates.sums());
    this.apply = counters.completing(tf, scaling.adjusted(tf, updates.changes()));
    List<Operand<TFloat32>> reported = new ArrayList<>(List.of(loss));
    reported.addAll(terms.named().values());
    this.metrics = replicas.means(tf, reported);
  }

  /** Adds the network in inference phase, and its losses. */
  static Answer answer(
      VariableStore store, ArbitraryStyleRecipe recipe, LossNetwork encoder, Batch batch) {
    BuildContext context = BuildContext.of(store, Tower.serving().named("evaluation"));
    return terms(context, recipe, encoder, batch);
  }

  private static Answer terms(
      BuildContext context, ArbitraryStyleRecipe recipe, LossNetwork encoder, Batch batch) {
    Ops tf = context.tf();
    ArbitraryStyle.Stylized stylized =
        recipe.network().build(context, encoder, batch.images(), batch.styles(), tf.constant(1f));
    ArbitraryTerms terms =
        ArbitraryTerms.of(
            context.at("loss").tf(),
            encoder,
            recipe.loss(),
            recipe.network().map(),
            stylized.target(),
            batch.styles(),
            stylized.images());
    return new Answer(batch, StyleServable.clipped(tf, stylized.images()), terms);
  }

  VariableStore store() {
    return store;
  }

  /** Loss, content loss, style loss of all replicas' batch, scalars. */
  List<Operand<TFloat32>> metrics() {
    return metrics;
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
