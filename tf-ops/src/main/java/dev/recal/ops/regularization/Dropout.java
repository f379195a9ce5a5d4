package dev.recal.ops.regularization;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Sets values to zero at random in training and scales the rest by 1 / (1 − rate).
 *
 * <p>Srivastava et al. 2014. The choice depends only on the seed, the layer's path and the step, so
 * a resumed run drops the same values.
 *
 * @param rate the share of values set to zero, from 0 to less than 1
 */
public record Dropout(float rate) implements Layer {

  /** Rejects rates outside [0, 1). */
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "rate: expected from 0 to less than 1, but got " + rate + ".");
    }
  }

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    if (rate == 0 || !context.training()) {
      return x;
    }
    Ops tf = context.tf();
    Operand<TFloat32> noise =
        tf.random.statelessRandomUniform(tf.shape(x), context.seed("mask"), TFloat32.class);
    Operand<TFloat32> kept =
        tf.dtypes.cast(tf.math.greaterEqual(noise, tf.constant(rate)), TFloat32.class);
    return tf.math.mul(x, tf.math.mul(kept, tf.constant(1f / (1f - rate))));
  }
}
