package dev.recal.graphs.optimisation;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** A constant learning rate. */
public record ConstantSchedule() implements Schedule {
  @Override
  public Operand<TFloat64> factor(Ops tf, Operand<TFloat64> epoch, double start, double end) {
    return tf.constant(1.0);
  }
}
