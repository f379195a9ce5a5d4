package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Replicas;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Mean and variance over all axes but the last, of a matrix (N, C) or of a map of one pixel, in
 * double precision.
 *
 * <p>For few samples the gradient suffers from cancellation: of two samples it is dy₁ − dy₂ times ε
 * / (v + ε), and single precision errs by the rounding error times (v + ε) / ε. Two such norms in a
 * row, as in an attention's perceptron, were wrong by 2e-3. There are only N·C values, so double
 * precision has no measurable cost.
 *
 * @param centred x − μ, of the shape of x
 * @param mean μ, of shape (C)
 * @param variance divided by N, of shape (C)
 */
record Moments(Operand<TFloat64> centred, Operand<TFloat64> mean, Operand<TFloat64> variance) {

  /** Computes them over the batches of all replicas. */
  static Moments of(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TInt32> axes =
        tf.constant(x.shape().numDimensions() == 2 ? new int[] {0} : new int[] {0, 1, 2});
    Operand<TFloat64> values = tf.dtypes.cast(x, TFloat64.class);
    Operand<TFloat64> mean = tf.math.mean(values, axes);
    Operand<TFloat64> centred = tf.math.sub(values, mean);
    Operand<TFloat64> variance = tf.math.mean(tf.math.square(centred), axes);
    Replicas group = context.batchStatisticsReplicas();
    if (group.isSingle()) {
      return new Moments(centred, mean, variance);
    }
    BatchMoments all = BatchMoments.of(tf, group, mean, variance);
    return new Moments(tf.math.sub(values, all.mean()), all.mean(), all.variance());
  }

  /** Returns (x − μ) / √(v + ε). */
  Operand<TFloat32> normalise(Ops tf, float epsilon) {
    Operand<TFloat64> sum = tf.math.add(variance, tf.constant((double) epsilon));
    return single(tf, tf.math.mul(centred, tf.math.rsqrt(sum)));
  }

  /** Returns the mean in single precision. */
  Operand<TFloat32> singleMean(Ops tf) {
    return single(tf, mean);
  }

  /** Returns the variance divided by N − 1, as stored by moving averages; by 1 at N = 1. */
  Operand<TFloat32> unbiasedVariance(BuildContext context, Operand<TFloat32> x) {
    Ops tf = context.tf();
    return unbiased(tf, single(tf, variance), count(context, x, 1));
  }

  /**
   * Returns the number of values over which a statistic of all replicas is taken: the product of
   * x's first dimensions, and the number of replicas.
   */
  static Operand<TFloat32> count(BuildContext context, Operand<TFloat32> x, int dimensions) {
    Ops tf = context.tf();
    Operand<TInt32> sizes =
        tf.slice(tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {dimensions}));
    Operand<TFloat32> own = tf.reduceProd(tf.dtypes.cast(sizes, TFloat32.class), tf.constant(0));
    int replicas = context.batchStatisticsReplicas().size();
    return replicas == 1 ? own : tf.math.mul(own, tf.constant((float) replicas));
  }

  /** Returns v · n / (n − 1); v at n = 1. */
  static Operand<TFloat32> unbiased(Ops tf, Operand<TFloat32> v, Operand<TFloat32> n) {
    Operand<TFloat32> less = tf.math.maximum(tf.math.sub(n, tf.constant(1f)), tf.constant(1f));
    return tf.math.mul(v, tf.math.div(n, less));
  }

  private static Operand<TFloat32> single(Ops tf, Operand<? extends TNumber> value) {
    return tf.dtypes.cast(value, TFloat32.class);
  }
}
