package dev.recal.ops.initializer;

import org.tensorflow.Operand;
import org.tensorflow.framework.initializers.RandomUniform;
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

  /** Rejects empty ranges. */
  public Uniform {
    if (!(minimum <= maximum)) {
      throw new IllegalArgumentException(
          "minimum: expected at most the maximum " + maximum + ", but got " + minimum + ".");
    }
  }

  @Override
  public Operand<TFloat32> values(Ops tf, Shape shape, long seed) {
    return new RandomUniform<TFloat32>(minimum, maximum, seed)
        .call(tf, tf.constant(shape.asArray()), TFloat32.class);
  }
}
