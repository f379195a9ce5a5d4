package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.graphs.synthesis.oneshot.GradientPenalty;
import dev.recal.graphs.synthesis.oneshot.ScaleCritic;
import dev.recal.graphs.synthesis.oneshot.training.ScaleGraph.UpdateRequest;
import dev.recal.ops.BuildContext;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import dev.recal.ops.gradient.Gradients;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The critic's updates of a step: mean D(generated) − mean D(real) + weight · gradient penalty,
 * each with the weights after the update before.
 */
final class CriticSteps {

  private final Ops tf;
  private final VariableStore store;
  private final OneShotSettings settings;
  private final ScaleCritic network;
  private final Operand<TFloat32> real;
  private final List<Operand<TFloat32>> fakes;
  private final IntFunction<Operand<TFloat32>> alpha;
  private final LossScaling scaling;
  private final List<Operand<TFloat32>> losses = new ArrayList<>();
  private final List<Operand<TFloat32>> penalties = new ArrayList<>();
  private final List<Operand<TFloat32>> firstGradients = new ArrayList<>();
  private List<Op> done = List.of();
  private Operand<TFloat32> realMean;
  private Operand<TFloat32> fakeMean;

  /**
   * Prepares the steps.
   *
   * @param real (1, h, w, C)
   * @param fakes the generated image of each step
   * @param alpha the share of the real image in the point of each step's penalty, a scalar
   * @param scaling of the loss
   */
  CriticSteps(
      Ops tf,
      VariableStore store,
      OneShotRecipe recipe,
      int scale,
      Operand<TFloat32> real,
      List<Operand<TFloat32>> fakes,
      IntFunction<Operand<TFloat32>> alpha,
      LossScaling scaling) {
    this.tf = tf;
    this.store = store;
    this.settings = recipe.training();
    this.network = recipe.network().critic(scale);
    this.real = real;
    this.fakes = fakes.stream().<Operand<TFloat32>>map(tf::stopGradient).toList();
    this.alpha = alpha;
    this.scaling = scaling;
  }

  /** Adds all updates. */
  void build(Function<UpdateRequest, List<Op>> update) {
    for (int j = 0; j < fakes.size(); j++) {
      done = step(j, update);
    }
  }

  private List<Op> step(int j, Function<UpdateRequest, List<Op>> update) {
    ReadViews views = new ReadViews(tf, done);
    realMean = mean(network.build(tower("real" + j, views), real));
    fakeMean = mean(network.build(tower("generated" + j, views), fakes.get(j)));
    Operand<TFloat32> share = alpha.apply(j);
    Operand<TFloat32> between =
        tf.math.add(
            tf.math.mul(real, share),
            tf.math.mul(fakes.get(j), tf.math.sub(tf.constant(1f), share)));
    Operand<TFloat32> penalty =
        tf.math.mul(
            GradientPenalty.build(tower("penalty" + j, views), network, between),
            tf.constant((float) settings.penalty()));
    Operand<TFloat32> loss = tf.math.add(tf.math.sub(fakeMean, realMean), penalty);
    losses.add(loss);
    penalties.add(penalty);
    List<Variable<TFloat32>> variables = views.trainable(store, ScaleGraph.CRITIC);
    List<Operand<TFloat32>> gradients =
        Gradients.of(scaling.scaled(tf, loss), ReadViews.reads(variables));
    if (j == 0) {
      firstGradients.addAll(gradients);
    }
    return update.apply(
        new UpdateRequest(j, variables, gradients, List.of(loss), ops -> List.of()));
  }

  private BuildContext tower(String name, ReadViews views) {
    Tower tower = Tower.training().named(name).withVariables(views::of);
    return BuildContext.of(store, tower).at(ScaleGraph.CRITIC);
  }

  private Operand<TFloat32> mean(Operand<TFloat32> values) {
    return tf.math.mean(values, tf.constant(new int[] {0, 1, 2, 3}));
  }

  /** Returns −mean D(image) with the weights after all updates, a scalar. */
  Operand<TFloat32> generatorLoss(Operand<TFloat32> image) {
    return tf.math.neg(
        mean(network.build(tower("generator_loss", new ReadViews(tf, done)), image)));
  }

  /** What has to run so that all updates are done. */
  List<Op> done() {
    return done;
  }

  /** The loss of each update, with its weighted penalty. */
  List<Operand<TFloat32>> losses() {
    return losses;
  }

  /** The weighted penalty of each update. */
  List<Operand<TFloat32>> penalties() {
    return penalties;
  }

  /** The gradients of the first update, one for each trainable variable. */
  List<Operand<TFloat32>> firstGradients() {
    return firstGradients;
  }

  /** The last update's loss without the penalty. */
  Operand<TFloat32> adversarial() {
    return tf.math.sub(fakeMean, realMean);
  }

  Operand<TFloat32> penalty() {
    return penalties.get(penalties.size() - 1);
  }

  Operand<TFloat32> realMean() {
    return realMean;
  }

  Operand<TFloat32> fakeMean() {
    return fakeMean;
  }
}
