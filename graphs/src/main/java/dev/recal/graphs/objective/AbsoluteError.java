package dev.recal.graphs.objective;

import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The mean over the numbers of the absolute difference, L1. */
public record AbsoluteError() implements Loss {

  /** The only one. */
  public static AbsoluteError defaults() {
    return new AbsoluteError();
  }

  @Override
  public OutputKind outputs() {
    return OutputKind.NUMBERS;
  }

  @Override
  public Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    return tf.math.mean(tf.math.abs(tf.math.sub(outputs, targets)), tf.constant(1));
  }
}
