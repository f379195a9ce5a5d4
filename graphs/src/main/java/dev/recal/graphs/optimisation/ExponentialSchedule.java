package dev.recal.graphs.optimisation;

import dev.recal.ops.Arguments;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * end^progress, changed at every step: from 1 to the end by the same factor in each step. With an
 * end above 1 the rate rises, as in the range test of Smith 2017 (arXiv 1506.01186).
 *
 * @param end the last factor, positive
 */
public record ExponentialSchedule(double end) implements Schedule {

  /** Rejects ends that are not positive. */
  public ExponentialSchedule {
    Arguments.positive("end", end);
  }

  /** Down to a thousandth. */
  public static ExponentialSchedule defaults() {
    return new ExponentialSchedule(0.001);
  }

  @Override
  public Operand<TFloat64> factor(Ops tf, Operand<TFloat64> epoch, double start, double last) {
    return tf.math.pow(tf.constant(end), Schedule.progress(tf, epoch, start, last));
  }
}
