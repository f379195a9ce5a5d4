package example.regression;

import dev.recal.ops.BuildContext;
import dev.recal.ops.initializer.Initializer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** y = x·w + b. */
final class LinearModel {

  private LinearModel() {}

  /**
   * Adds the operations.
   *
   * @param x (N, features)
   * @return (N, 1)
   */
  static Operand<TFloat32> build(BuildContext context, Operand<TFloat32> x, int features) {
    BuildContext inner = context.at("line");
    Ops tf = inner.tf();
    Operand<TFloat32> w = inner.weight("w", Shape.of(features, 1), Initializer.zeros());
    Operand<TFloat32> b = inner.weight("b", Shape.of(1), Initializer.zeros());
    return tf.math.add(tf.linalg.matMul(x, w), b);
  }
}
