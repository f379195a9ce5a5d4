package dev.recal.graphs.optimisation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * (1 − end) · (1 − progress)^power + end, changed at every step; power 1 is linear.
 *
 * @param power positive
 * @param end the last factor, from 0 to 1
 */
public record PolynomialSchedule(double power, double end) implements Schedule {

  /** Rejects powers that are not positive and ends outside [0, 1]. */
  public PolynomialSchedule {
    if (!(power > 0)) {
      throw new IllegalArgumentException(
          "power: expected a positive number, but got " + power + ".");
    }
    if (!(end >= 0 && end <= 1)) {
      throw new IllegalArgumentException("end: expected from 0 to 1, but got " + end + ".");
    }
  }

  /** Linear to 0. */
  public static PolynomialSchedule defaults() {
    return new PolynomialSchedule(1, 0);
  }

  @Override
  public Operand<TFloat64> factor(Ops tf, Operand<TFloat64> epoch, double start, double last) {
    Operand<TFloat64> left =
        tf.math.sub(tf.constant(1.0), Schedule.progress(tf, epoch, start, last));
    Operand<TFloat64> curve = tf.math.pow(left, tf.constant(power));
    return tf.math.add(tf.math.mul(curve, tf.constant(1 - end)), tf.constant(end));
  }
}
