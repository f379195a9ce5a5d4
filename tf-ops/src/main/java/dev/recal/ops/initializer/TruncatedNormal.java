package dev.recal.ops.initializer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Independent normal values, resampled until they lie within two standard deviations of the mean.
 *
 * @param mean the mean
 * @param deviation the standard deviation before truncation, not negative
 */
public record TruncatedNormal(float mean, float deviation) implements Initializer {

  /** Rejects negative deviations. */
  public TruncatedNormal {
    if (!(deviation >= 0)) {
      throw new IllegalArgumentException(
          "deviation: expected a standard deviation of at least 0, but got " + deviation + ".");
    }
  }

  @Override
  public Operand<TFloat32> values(Ops tf, Shape shape, long seed) {
    return new org.tensorflow.framework.initializers.TruncatedNormal<TFloat32>(
            mean, deviation, seed)
        .call(tf, tf.constant(shape.asArray()), TFloat32.class);
  }
}
