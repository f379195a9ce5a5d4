package dev.recal.ops.initializer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An initializer: computes the initial value of a variable. */
public sealed interface Initializer
    permits Constant, Normal, Repeated, TruncatedNormal, Uniform, VarianceScaling {

  /**
   * Adds the operations that compute the value.
   *
   * @param tf for the operations
   * @param shape the variable's shape
   * @param seed the variable's own seed; equal seeds give equal values
   * @return an operand of that shape
   */
  Operand<TFloat32> values(Ops tf, Shape shape, long seed);

  /** All values 0. */
  static Initializer zeros() {
    return new Constant(0f);
  }

  /** All values 1. */
  static Initializer ones() {
    return new Constant(1f);
  }
}
