package dev.recal.ops.norm;

import dev.recal.ops.Replicas;
import dev.recal.ops.fusion.FoldedMap;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/**
 * The batch's mean μ and variance v of each channel, from the first two moments of one replica's
 * batch about a shift s: v = E(x − s)² − (μ − s)².
 *
 * <p>Over several replicas, whose shifts differ, the moments about 0 are averaged, both in one
 * collective: m₁ = E(x − s) + s and m₂ = E(x − s)² + (2 E(x − s) + s) s. In double precision, the
 * difference m₂ − μ² loses no digits that matter.
 *
 * @param shifted μ − s, of shape (C)
 * @param mean μ, of shape (C)
 * @param variance v, of shape (C), biased
 */
record BatchMoments(Operand<TFloat64> shifted, Operand<TFloat64> mean, Operand<TFloat64> variance) {

  /**
   * Adds the operations.
   *
   * @param group the replicas
   * @param shift s, of shape (C), a constant to the gradient
   * @param first E(x − s) over this replica's batch, of shape (C)
   * @param second E(x − s)² over this replica's batch, of shape (C)
   */
  static BatchMoments about(
      Ops tf,
      Replicas group,
      Operand<TFloat64> shift,
      Operand<TFloat64> first,
      Operand<TFloat64> second) {
    Operand<TFloat64> zeros = tf.zerosLike(second);
    Operand<TFloat64> own = tf.math.add(first, shift);
    if (group.isSingle()) {
      return new BatchMoments(first, own, FoldedMap.variance(tf, first, second, zeros));
    }
    Operand<TFloat64> square = tf.math.add(second, tf.math.mul(tf.math.add(first, own), shift));
    Operand<TFloat64> all =
        group.differentiableMean(tf, tf.concat(List.of(own, square), tf.constant(0)));
    List<Output<TFloat64>> means = tf.split(tf.constant(0), all, 2L).output();
    Operand<TFloat64> mean = means.get(0);
    Operand<TFloat64> variance = FoldedMap.variance(tf, mean, means.get(1), zeros);
    return new BatchMoments(tf.math.sub(mean, shift), mean, variance);
  }

  /**
   * Adds the operations for a replica's own mean and biased variance.
   *
   * @param mean of shape (C)
   * @param variance of shape (C)
   */
  static BatchMoments of(
      Ops tf, Replicas group, Operand<TFloat64> mean, Operand<TFloat64> variance) {
    if (group.isSingle()) {
      return new BatchMoments(mean, mean, variance);
    }
    Operand<TFloat64> second = tf.math.add(variance, tf.math.square(mean));
    return about(tf, group, tf.zerosLike(tf.stopGradient(mean)), mean, second);
  }
}
