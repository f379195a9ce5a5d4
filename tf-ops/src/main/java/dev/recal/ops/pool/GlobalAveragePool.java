package dev.recal.ops.pool;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The mean over H and W: (N, H, W, C) to (N, C). */
public record GlobalAveragePool() implements Layer {

  @Override
  public Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x) {
    return mean(context.tf(), x);
  }

  /**
   * Returns the mean over H and W as a matrix (N, C).
   *
   * @throws IllegalArgumentException if {@code x} is not a feature map
   */
  public static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
    Shapes.channels(x);
    return tf.math.mean(x, tf.constant(new int[] {1, 2}));
  }
}
