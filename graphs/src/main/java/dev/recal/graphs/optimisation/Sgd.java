package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import org.tensorflow.op.Op;
import org.tensorflow.op.train.ResourceApplyMomentum;
import org.tensorflow.types.TFloat32;

/**
 * Stochastic gradient descent: m ← momentum·m + g, v ← v − rate·m; with Nesterov's v ← v − rate·(g
 * + momentum·m). PyTorch's and TensorFlow's order of factors.
 *
 * @param momentum from 0 to less than 1; at 0 there is no slot
 * @param nesterov whether the look-ahead form is used
 */
public record Sgd(double momentum, boolean nesterov) implements Optimiser {

  /** Rejects momenta outside [0, 1). */
  public Sgd {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "momentum: expected from 0 to less than 1, but got " + momentum + ".");
    }
  }

  /** Momentum 0.9, not Nesterov's. */
  public static Sgd defaults() {
    return new Sgd(0.9, false);
  }

  @Override
  public Op apply(VariableUpdate update) {
    if (momentum == 0) {
      return update
          .tf()
          .train
          .resourceApplyGradientDescent(
              update.variable().handle(), update.learningRate(), update.decayedGradient());
    }
    Variable<TFloat32> slot = update.slot("momentum");
    return update
        .tf()
        .train
        .resourceApplyMomentum(
            update.variable().handle(),
            slot.handle(),
            update.learningRate(),
            update.decayedGradient(),
            update.tf().constant((float) momentum),
            ResourceApplyMomentum.useNesterov(nesterov));
  }
}
