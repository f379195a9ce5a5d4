package dev.recal.graphs.optimisation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * Half a cosine from 1 down to an end, updated at every step.
 *
 * <p>Loshchilov and Hutter 2017 (arXiv 1608.03983), without restarts.
 *
 * @param end the last factor, from 0 to 1
 */
public record CosineSchedule(double end) implements Schedule {

  /** Rejects ends outside [0, 1]. */
  public CosineSchedule {
    if (!(end >= 0 && end <= 1)) {
      throw new IllegalArgumentException("end: expected from 0 to 1, but got " + end + ".");
    }
  }

  /** Down to 0. */
  public static CosineSchedule defaults() {
    return new CosineSchedule(0);
  }

  @Override
  public Operand<TFloat64> factor(Ops tf, Operand<TFloat64> epoch, double start, double last) {
    Operand<TFloat64> angle =
        tf.math.mul(Schedule.progress(tf, epoch, start, last), tf.constant(Math.PI));
    Operand<TFloat64> half =
        tf.math.mul(
            tf.math.add(tf.math.cos(angle), tf.constant(1.0)), tf.constant(0.5 * (1 - end)));
    return tf.math.add(half, tf.constant(end));
  }
}
