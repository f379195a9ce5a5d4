package dev.recal.graphs.optimisation;

import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * The learning rate of every step: a linear warm-up to the base rate, then a schedule.
 *
 * @param base the base rate, positive
 * @param schedule the schedule after the warm-up
 * @param warmUpEpochs the length of the warm-up, 0 for none
 * @param warmUpStart the factor it starts from, from 0 to 1
 */
public record LearningRate(
    double base, Schedule schedule, double warmUpEpochs, double warmUpStart) {

  /** Rejects rates that are not positive, negative warm-ups and starts outside [0, 1]. */
  public LearningRate {
    Objects.requireNonNull(schedule, "schedule");
    if (!(base > 0 && base < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("base: expected a positive number, but got " + base + ".");
    }
    if (!(warmUpEpochs >= 0)) {
      throw new IllegalArgumentException(
          "warmUpEpochs: expected at least 0, but got " + warmUpEpochs + ".");
    }
    if (!(warmUpStart >= 0 && warmUpStart <= 1)) {
      throw new IllegalArgumentException(
          "warmUpStart: expected from 0 to 1, but got " + warmUpStart + ".");
    }
  }

  /** 0.1, cosine to 0, no warm-up. */
  public static LearningRate defaults() {
    return new LearningRate(0.1, CosineSchedule.defaults(), 0, 0);
  }

  /**
   * Adds the operations that compute the rate.
   *
   * @param step steps done, an int64 scalar
   * @param stepsPerEpoch optimiser steps in one epoch
   * @param epochs epochs in all
   * @return a scalar
   */
  public Operand<TFloat32> rate(Ops tf, Operand<TInt64> step, long stepsPerEpoch, double epochs) {
    Operand<TFloat64> epoch =
        tf.math.div(tf.dtypes.cast(step, TFloat64.class), tf.constant((double) stepsPerEpoch));
    Operand<TFloat64> factor = schedule.factor(tf, epoch, warmUpEpochs, epochs);
    if (warmUpEpochs > 0) {
      Operand<TFloat64> share = tf.math.div(epoch, tf.constant(warmUpEpochs));
      Operand<TFloat64> rising =
          tf.math.add(tf.constant(warmUpStart), tf.math.mul(share, tf.constant(1 - warmUpStart)));
      factor = tf.select(tf.math.less(epoch, tf.constant(warmUpEpochs)), rising, factor);
    }
    return tf.dtypes.cast(tf.math.mul(factor, tf.constant(base)), TFloat32.class);
  }
}
