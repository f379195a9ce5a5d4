package dev.recal.ops.norm;

import dev.recal.ops.BuildContext;
import dev.recal.ops.fusion.CentredMap;
import dev.recal.ops.fusion.FoldedMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * Batch statistics from the moments of samples: with d₁ and d₂ about s, μ − s is the mean over N of
 * d₁, and v is the mean over N of d₂ less its square.
 *
 * @param shifted μ − s, of shape (C)
 * @param root 1 / √(v + ε), of shape (C)
 * @param mean μ, of shape (C)
 * @param variance unbiased, of shape (C)
 */
record FoldedStatistics(
    Operand<TFloat64> shifted,
    Operand<TFloat64> root,
    Operand<TFloat32> mean,
    Operand<TFloat32> variance) {

  /** Computes them, and updates the stored ones. */
  static FoldedStatistics of(BuildContext context, CentredMap map, BatchStatistics stored) {
    FoldedStatistics statistics = of(context, map, stored.epsilon());
    context.movingAverage(stored.mean(), statistics.mean(), stored.decay());
    context.movingAverage(stored.variance(), statistics.variance(), stored.decay());
    return statistics;
  }

  /** Computes them over the batches of all replicas. */
  static FoldedStatistics of(BuildContext context, CentredMap map, float epsilon) {
    Ops tf = context.tf();
    Operand<TInt32> batch = tf.constant(0);
    Operand<TFloat64> d1 = FoldedMap.first(tf, map);
    BatchMoments moments =
        BatchMoments.about(
            tf,
            context.batchStatisticsReplicas(),
            tf.dtypes.cast(map.shift(), TFloat64.class),
            tf.math.mean(d1, batch),
            tf.math.mean(FoldedMap.second(tf, map), batch));
    Operand<TFloat32> samples = single(tf, tf.reduceSum(tf.onesLike(d1), batch));
    float valuesOfSample = (float) map.pixels() * context.batchStatisticsReplicas().size();
    Operand<TFloat32> values = tf.math.mul(samples, tf.constant(valuesOfSample));
    Operand<TFloat32> unbiased = Moments.unbiased(tf, single(tf, moments.variance()), values);
    Operand<TFloat64> sum = tf.math.add(moments.variance(), tf.constant((double) epsilon));
    return new FoldedStatistics(
        moments.shifted(), tf.math.rsqrt(sum), single(tf, moments.mean()), unbiased);
  }

  /** Returns scale ⊙ (x − μ) / √(v + ε) + offset, with both of shape (C) or (N, C). */
  FoldedMap fold(Ops tf, CentredMap map, Operand<TFloat32> scale, Operand<TFloat32> offset) {
    Operand<TFloat64> slope = tf.math.mul(tf.dtypes.cast(scale, TFloat64.class), root);
    Operand<TFloat64> intercept =
        tf.math.sub(tf.dtypes.cast(offset, TFloat64.class), tf.math.mul(slope, shifted));
    return new FoldedMap(tf, map, slope, intercept);
  }

  private static Operand<TFloat32> single(Ops tf, Operand<TFloat64> value) {
    return tf.dtypes.cast(value, TFloat32.class);
  }
}
