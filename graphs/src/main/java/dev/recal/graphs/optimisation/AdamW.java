package dev.recal.graphs.optimisation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Adam with decoupled weight decay: v ← v − rate·decay·v, then Adam's step on the plain gradient.
 *
 * <p>Loshchilov and Hutter 2019 (arXiv 1711.05101), in PyTorch's form, where the learning rate
 * scales the decay.
 *
 * @param beta1 decay of the first moment, from 0 to less than 1
 * @param beta2 decay of the second moment, from 0 to less than 1
 * @param epsilon added to the root, positive
 */
public record AdamW(double beta1, double beta2, double epsilon) implements Optimiser {

  /** Rejects moments outside [0, 1) and epsilons that are not positive. */
  public AdamW {
    new Adam(beta1, beta2, epsilon);
  }

  /** 0.9, 0.999, 1e-8. */
  public static AdamW defaults() {
    return new AdamW(0.9, 0.999, 1e-8);
  }

  @Override
  public Op apply(VariableUpdate update) {
    Adam adam = new Adam(beta1, beta2, epsilon);
    Ops tf = update.tf();
    if (update.decay() == 0) {
      return adam.step(update, tf, update.gradient());
    }
    Operand<TFloat32> share = tf.math.mul(update.learningRate(), tf.constant(update.decay()));
    Op decayed =
        tf.assignSubVariableOp(
            update.variable().handle(), tf.math.mul(update.variable().read(), share));
    return adam.step(update, tf.withControlDependencies(List.of(decayed)), update.gradient());
  }
}
