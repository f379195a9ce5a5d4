package dev.recal.ops.initializer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A constant value.
 *
 * @param value the value
 */
public record Constant(float value) implements Initializer {
  @Override
  public Operand<TFloat32> values(Ops tf, Shape shape, long seed) {
    return tf.fill(tf.constant(shape.asArray()), tf.constant(value));
  }
}
