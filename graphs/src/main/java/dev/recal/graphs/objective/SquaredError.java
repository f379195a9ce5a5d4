package dev.recal.graphs.objective;

import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The mean over the numbers of the squared difference, L2. */
public record SquaredError() implements Loss {

  /** The only one. */
  public static SquaredError defaults() {
    return new SquaredError();
  }

  @Override
  public OutputKind outputs() {
    return OutputKind.NUMBERS;
  }

  @Override
  public Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    return tf.math.mean(tf.math.squaredDifference(outputs, targets), tf.constant(1));
  }
}
