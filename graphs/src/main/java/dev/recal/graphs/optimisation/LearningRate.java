package dev.recal.graphs.optimisation;

import dev.recal.ops.Counted;
import dev.recal.ops.PlainNumber;
import java.util.ArrayList;
import java.util.List;
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

  private static final int DIGITS = 6;

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
   * Returns what of the settings cannot take effect, or not as a whole: a sentence each.
   *
   * @param epochs epochs in all
   */
  public List<String> notices(double epochs) {
    List<String> notices = new ArrayList<>();
    if (warmUpEpochs > 0 && warmUpEpochs >= epochs) {
      double highest = base * (warmUpStart + (1 - warmUpStart) * epochs / warmUpEpochs);
      notices.add(
          "Learning rate: the warm-up of "
              + (epochs(warmUpEpochs) + " takes all of the " + epochs(epochs) + " of training")
              + ("; the rate rises to " + number(highest) + " of " + number(base))
              + ", and what is scheduled after the warm-up has no effect.");
    }
    if (warmUpEpochs == 0 && warmUpStart > 0) {
      notices.add(
          "Learning rate: warmUpStart "
              + (number(warmUpStart) + " has no effect, since warmUpEpochs is 0."));
    }
    if (schedule instanceof StepSchedule changes) {
      List<String> late =
          changes.epochs().stream().filter(e -> e >= epochs).map(LearningRate::number).toList();
      if (!late.isEmpty()) {
        notices.add(
            "Learning rate: training ends after "
                + (epochs(epochs) + ", before the change at epoch ")
                + (String.join(" and at ", late) + " of the schedule."));
      }
    }
    return notices;
  }

  private static String epochs(double count) {
    return Counted.of(count, DIGITS, "epoch");
  }

  // 5 and not 5.0.
  private static String number(double value) {
    return PlainNumber.of(value, DIGITS);
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
