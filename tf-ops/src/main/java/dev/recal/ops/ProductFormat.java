package dev.recal.ops;

import java.util.function.BinaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;

/**
 * The number format in which the layers of a graph compute convolutions and matrix products. Maps,
 * variables and everything else are float32.
 *
 * <p>On a CPU TensorFlow's rewrite to bfloat16 is faster than these casts, because it keeps maps
 * between operations in bfloat16; it exists for CPUs only.
 */
public enum ProductFormat {
  /** As the operands are. */
  FLOAT32,
  /**
   * As the operands are: the session rewrites the graph to bfloat16. Layers may choose forms whose
   * gradients are faster in that format.
   */
  REWRITTEN,
  /** Both operands are cast to bfloat16, and the product is cast back; so are its gradients. */
  BFLOAT16;

  /**
   * Adds a product of two operands.
   *
   * @param tf for the casts
   * @param product adds the operation, for operands of either format; the types of its arguments
   *     are nominal
   */
  public Operand<TFloat32> of(
      Ops tf,
      Operand<TFloat32> x,
      Operand<TFloat32> kernel,
      BinaryOperator<Operand<TFloat32>> product) {
    if (this != BFLOAT16) {
      return product.apply(x, kernel);
    }
    return tf.dtypes.cast(product.apply(rounded(tf, x), rounded(tf, kernel)), TFloat32.class);
  }

  // TensorFlow takes the operation's type from its inputs; Java's type is not checked.
  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> rounded(Ops tf, Operand<TFloat32> x) {
    return (Operand<TFloat32>) (Operand<?>) tf.dtypes.cast(x, TBfloat16.class);
  }
}
