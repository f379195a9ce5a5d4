package dev.recal.ops.initializer;

import org.tensorflow.Operand;
import org.tensorflow.framework.initializers.RandomNormal;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Independent normal values.
 *
 * @param mean their mean
 * @param deviation their standard deviation, not negative
 */
public record Normal(float mean, float deviation) implements Initializer {

  /** Rejects negative deviations. */
  public Normal {
    if (!(deviation >= 0)) {
      throw new IllegalArgumentException(
          "deviation: expected a standard deviation of at least 0, but got " + deviation + ".");
    }
  }

  @Override
  public Operand<TFloat32> values(Ops tf, Shape shape, long seed) {
    return new RandomNormal<TFloat32>(mean, deviation, seed)
        .call(tf, tf.constant(shape.asArray()), TFloat32.class);
  }
}
