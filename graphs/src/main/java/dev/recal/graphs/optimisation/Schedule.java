package dev.recal.graphs.optimisation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** The learning rate schedule after the warm-up, as a factor of the base rate. */
public sealed interface Schedule
    permits ConstantSchedule,
        StepSchedule,
        MilestoneSchedule,
        CosineSchedule,
        PolynomialSchedule,
        ExponentialSchedule {

  /**
   * Adds the operations that compute the factor.
   *
   * @param epoch epochs done, a fraction, a scalar
   * @param start epochs that the warm-up takes
   * @param end epochs in all
   * @return a scalar
   */
  Operand<TFloat64> factor(Ops tf, Operand<TFloat64> epoch, double start, double end);

  /** Returns the progress from start to end, from 0 to 1. */
  static Operand<TFloat64> progress(Ops tf, Operand<TFloat64> epoch, double start, double end) {
    Operand<TFloat64> span = tf.constant(Math.max(end - start, Double.MIN_NORMAL));
    Operand<TFloat64> share = tf.math.div(tf.math.sub(epoch, tf.constant(start)), span);
    return tf.clipByValue(share, tf.constant(0.0), tf.constant(1.0));
  }
}
