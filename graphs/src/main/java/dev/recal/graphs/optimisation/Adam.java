package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Adam, Kingma and Ba 2015 (arXiv 1412.6980), with weight decay as part of the gradient.
 *
 * <p>TensorFlow's kernel: epsilon is added to √v before the bias correction ("epsilon hat" of the
 * paper), where PyTorch adds it after.
 *
 * @param beta1 decay of the first moment, from 0 to less than 1
 * @param beta2 decay of the second moment, from 0 to less than 1
 * @param epsilon added to the root, positive
 */
public record Adam(double beta1, double beta2, double epsilon) implements Optimiser {

  /** Rejects moments outside [0, 1) and epsilons that are not positive. */
  public Adam {
    require("beta1", beta1);
    require("beta2", beta2);
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(
          "epsilon: expected a positive number, but got " + epsilon + ".");
    }
  }

  /** 0.9, 0.999, 1e-8. */
  public static Adam defaults() {
    return new Adam(0.9, 0.999, 1e-8);
  }

  @Override
  public Op apply(VariableUpdate update) {
    return step(update, update.tf(), update.decayedGradient());
  }

  Op step(VariableUpdate update, Ops tf, Operand<TFloat32> gradient) {
    Variable<TFloat32> first = update.slot("first_moment");
    Variable<TFloat32> second = update.slot("second_moment");
    return tf.train.resourceApplyAdam(
        update.variable().handle(),
        first.handle(),
        second.handle(),
        power(tf, beta1, update.number()),
        power(tf, beta2, update.number()),
        update.learningRate(),
        tf.constant((float) beta1),
        tf.constant((float) beta2),
        tf.constant((float) epsilon),
        gradient);
  }

  private static Operand<TFloat32> power(Ops tf, double base, Operand<TFloat32> exponent) {
    return tf.math.pow(tf.constant((float) base), exponent);
  }

  private static void require(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          name + ": expected from 0 to less than 1, but got " + value + ".");
    }
  }
}
