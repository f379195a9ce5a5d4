package dev.recal.graphs.style.training;

import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.style.StyleServable;
import dev.recal.graphs.style.loss.StyleTerms;
import dev.recal.graphs.training.LossStep;
import dev.recal.graphs.training.StepCounters;
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The training step of a style network as a static graph: batch → network → losses → {@link
 * LossStep}.
 *
 * @param store the variables
 * @param networkVariables the network's own, without counters, sums and slots
 * @param step lowers the losses
 */
record StyleGraph(VariableStore store, List<Variable<?>> networkVariables, LossStep step) {

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
  static StyleGraph build(
      Graph graph,
      StyleRecipe recipe,
      LossNetwork lossNetwork,
      Map<String, float[]> grams,
      Operand<TFloat32> images,
      long stepsPerEpoch,
      Replicas replicas) {
    StyleTraining settings = recipe.training();
    VariableStore store = settings.session().store(graph, replicas);
    Ops tf = GraphScope.ops(graph).withSubScope("trainer");
    StepCounters counters = StepCounters.of(store);
    Tower tower =
        Tower.training()
            .atStep(counters.run().read())
            .withBatchStatisticsOver(settings.session().batchStatistics().over(replicas));
    Set<Variable<?>> before = Set.copyOf(store.all());
    BuildContext context = BuildContext.of(store, tower);
    Operand<TFloat32> output = recipe.network().build(context, images);
    List<Variable<?>> own = store.all().stream().filter(v -> !before.contains(v)).toList();
    StyleTerms terms =
        StyleTerms.of(context.at("loss").tf(), lossNetwork, recipe.loss(), grams, images, output);
    LossStep step =
        new LossStep(tf, counters, context, settings.step(stepsPerEpoch), terms.named());
    return new StyleGraph(store, own, step);
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
}
