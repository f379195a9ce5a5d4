package dev.recal.graphs.objective;

import dev.recal.ops.Arguments;
import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The mean over the numbers of d² / 2 where the difference d is at most δ, and of δ (|d| − δ / 2)
 * where it is larger (Huber 1964, "Robust estimation of a location parameter"): PyTorch's {@code
 * HuberLoss}.
 *
 * @param delta δ, positive, in standard deviations of the numbers
 */
public record Huber(double delta) implements Loss {

  /** Rejects a δ that is not positive. */
  public Huber {
    Arguments.positive("delta", delta);
  }

  /** δ = 1. */
  public static Huber defaults() {
    return new Huber(1);
  }

  @Override
  public OutputKind outputs() {
    return OutputKind.NUMBERS;
  }

  @Override
  public Operand<TFloat32> losses(
      BuildContext context, Operand<TFloat32> outputs, Operand<TFloat32> targets) {
    Ops tf = context.tf();
    Operand<TFloat32> distance = tf.math.abs(tf.math.sub(outputs, targets));
    // c (|d| − c / 2) with c = min(|d|, δ).
    Operand<TFloat32> near = tf.math.minimum(distance, tf.constant((float) delta));
    Operand<TFloat32> half = tf.math.mul(near, tf.constant(0.5f));
    return tf.math.mean(tf.math.mul(near, tf.math.sub(distance, half)), tf.constant(1));
  }
}
