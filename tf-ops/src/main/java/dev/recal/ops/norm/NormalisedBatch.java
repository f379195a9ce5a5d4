package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.fusion.CentredMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * A map that is normalised by the statistics of the batches of all replicas, for which TensorFlow
 * has no kernel.
 *
 * @param y scale · (x − μ) / √(v + ε) + offset, of the shape of x
 * @param mean μ, of shape (C)
 * @param variance unbiased, of shape (C)
 */
record NormalisedBatch(Operand<TFloat32> y, Operand<TFloat32> mean, Operand<TFloat32> variance) {

  /**
   * Adds the operations.
   *
   * @param context in training
   * @param x a map (N, H, W, C)
   * @param scale of shape (C)
   * @param offset of shape (C)
   */
  static NormalisedBatch of(
      BuildContext context,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      float epsilon) {
    Ops tf = context.tf();
    if (CentredMap.supports(x)) {
      CentredMap map = CentredMap.of(tf, x);
      FoldedStatistics statistics = FoldedStatistics.of(context, map, epsilon);
      Operand<TFloat32> y = statistics.fold(tf, map, scale, offset).build();
      return new NormalisedBatch(y, statistics.mean(), statistics.variance());
    }
    return ofAnySize(context, x, scale, offset, epsilon);
  }

  // The height and the width are known at run time.
  private static NormalisedBatch ofAnySize(
      BuildContext context,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset,
      float epsilon) {
    Ops tf = context.tf();
    Operand<TInt32> axes = tf.constant(new int[] {0, 1, 2});
    Operand<TFloat32> shift = tf.stopGradient(tf.math.mean(x, axes));
    Operand<TFloat32> centred = tf.math.sub(x, shift);
    BatchMoments moments =
        BatchMoments.about(
            tf,
            context.batchStatisticsReplicas(),
            doubled(tf, shift),
            doubled(tf, tf.math.mean(centred, axes)),
            doubled(tf, tf.math.mean(tf.math.square(centred), axes)));
    Operand<TFloat64> sum = tf.math.add(moments.variance(), tf.constant((double) epsilon));
    Operand<TFloat64> slope = tf.math.mul(doubled(tf, scale), tf.math.rsqrt(sum));
    Operand<TFloat64> intercept =
        tf.math.sub(doubled(tf, offset), tf.math.mul(slope, moments.shifted()));
    Operand<TFloat32> y =
        tf.math.add(tf.math.mul(centred, single(tf, slope)), single(tf, intercept));
    Operand<TFloat32> unbiased =
        Moments.unbiased(tf, single(tf, moments.variance()), Moments.count(context, x, 3));
    return new NormalisedBatch(y, single(tf, moments.mean()), unbiased);
  }

  private static Operand<TFloat64> doubled(Ops tf, Operand<TFloat32> value) {
    return tf.dtypes.cast(value, TFloat64.class);
  }

  private static Operand<TFloat32> single(Ops tf, Operand<TFloat64> value) {
    return tf.dtypes.cast(value, TFloat32.class);
  }
}
