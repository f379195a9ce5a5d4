package dev.recal.ops.initializer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Independent uniform values.
 *
 * @param minimum the lower bound, inclusive
 * @param maximum the upper bound, exclusive
 */
public record Uniform(float minimum, float maximum) implements Initializer {

  /** Refuses empty ranges. */
  public Uniform {
    if (!(minimum <= maximum)) {
      throw new IllegalArgumentException(
          "minimum: expected at most the maximum " + maximum + ", but " + minimum + " came.");
    }
  }

  @Override
  public Operand<TFloat32> values(Ops tf, Shape shape, long seed) {
    Operand<TFloat32> unit =
        tf.random.statelessRandomUniform(
            tf.constant(shape.asArray()), tf.constant(new long[] {seed, 0}), TFloat32.class);
    return tf.math.add(tf.math.mul(unit, tf.constant(maximum - minimum)), tf.constant(minimum));
  }
}
