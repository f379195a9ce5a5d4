package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.style.ArbitraryStyle;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.loss.ArbitraryTerms;
import dev.recal.graphs.training.LossStep;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The training step of a decoder for arbitrary styles as a static graph.
 *
 * @param store the variables
 * @param step lowers the losses
 */
record ArbitraryStyleGraph(VariableStore store, LossStep step) {

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

  /**
   * Adds a step to a graph that has its batch.
   *
   * @param replicas the copies of the decoder that train together
   */
  static ArbitraryStyleGraph build(
      Graph graph,
      ArbitraryStyleRecipe recipe,
      LossNetwork encoder,
      Batch batch,
      long stepsPerEpoch,
      Replicas replicas) {
    StyleTraining settings = recipe.training();
    VariableStore store = settings.session().store(graph, replicas);
    Ops tf = GraphScope.ops(graph).withSubScope("trainer");
    StepCounters counters = StepCounters.of(store);
    BuildContext context = BuildContext.of(store, Tower.training().atStep(counters.run().read()));
    ArbitraryTerms terms = answer(context, recipe, encoder, batch).terms();
    LossStep step =
        new LossStep(tf, counters, context, settings.step(stepsPerEpoch), terms.named());
    return new ArbitraryStyleGraph(store, step);
  }

  /** Adds the network in inference phase, and its losses. */
  static Answer answer(
      VariableStore store, ArbitraryStyleRecipe recipe, LossNetwork encoder, Batch batch) {
    BuildContext context = BuildContext.of(store, Tower.serving().named("evaluation"));
    return answer(context, recipe, encoder, batch);
  }

  private static Answer answer(
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
}
