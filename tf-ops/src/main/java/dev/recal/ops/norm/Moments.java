package dev.recal.ops.norm;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Mean and variance over all axes but the last, of a matrix (N, C) or of a map of one pixel.
 *
 * @param centred x − μ, of the shape of x
 * @param mean μ, of shape (C)
 * @param variance divided by N, of shape (C)
 */
record Moments(Operand<TFloat32> centred, Operand<TFloat32> mean, Operand<TFloat32> variance) {

  static Moments of(Ops tf, Operand<TFloat32> x) {
    Operand<TInt32> axes =
        tf.constant(x.shape().numDimensions() == 2 ? new int[] {0} : new int[] {0, 1, 2});
    Operand<TFloat32> mean = tf.math.mean(x, axes);
    Operand<TFloat32> centred = tf.math.sub(x, mean);
    return new Moments(centred, mean, tf.math.mean(tf.math.square(centred), axes));
  }

  /** Returns (x − μ) / √(v + ε). */
  Operand<TFloat32> normalise(Ops tf, float epsilon) {
    return tf.math.mul(centred, tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon))));
  }

  /** Returns the variance divided by N − 1, which is what moving averages keep; by 1 at N = 1. */
  Operand<TFloat32> unbiasedVariance(Ops tf, Operand<TFloat32> x) {
    Operand<TInt32> first =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TFloat32> n =
        tf.reshape(tf.dtypes.cast(first, TFloat32.class), tf.constant(new int[0]));
    return unbiased(tf, variance, n);
  }

  /** Returns v · n / (n − 1); v at n = 1. */
  static Operand<TFloat32> unbiased(Ops tf, Operand<TFloat32> v, Operand<TFloat32> n) {
    Operand<TFloat32> less = tf.math.maximum(tf.math.sub(n, tf.constant(1f)), tf.constant(1f));
    return tf.math.mul(v, tf.math.div(n, less));
  }
}
