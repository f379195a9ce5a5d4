package dev.recal.ops.fusion;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * A map that is not computed yet: y = scale ⊙ (x − s) + offset of a {@link CentredMap}, with known
 * statistics. Norms create one, gates change it, {@link #build} computes it.
 *
 * <p>The small graph per sample and channel is in double precision: the variance is a difference,
 * and TensorFlow's rewrite to bfloat16 does not touch double precision.
 *
 * @param map x
 * @param scale of shape (C) or (N, C)
 * @param offset of shape (C) or (N, C)
 */
public record FoldedMap(Ops tf, CentredMap map, Operand<TFloat64> scale, Operand<TFloat64> offset) {

  // Below this share of d₂, d₂ − d₁² is rounding error.
  private static final double ROUNDING = 1e-6;

  /**
   * Returns x itself, to be gated without a preceding norm.
   *
   * @param x (N, H, W, C); see {@link CentredMap#supports}
   */
  public static FoldedMap of(Ops tf, Operand<TFloat32> x) {
    CentredMap map = CentredMap.of(tf, x);
    Operand<TFloat64> shift = tf.dtypes.cast(map.shift(), TFloat64.class);
    Operand<TFloat64> ones = tf.fill(tf.constant(new int[] {map.channels()}), tf.constant(1.0));
    return new FoldedMap(tf, map, ones, shift);
  }

  /** Returns d₁ of {@link CentredMap} in double precision, (N, C). */
  public static Operand<TFloat64> first(Ops tf, CentredMap map) {
    return tf.dtypes.cast(map.first(), TFloat64.class);
  }

  /** Returns d₂ of {@link CentredMap} in double precision, (N, C). */
  public static Operand<TFloat64> second(Ops tf, CentredMap map) {
    return tf.dtypes.cast(map.second(), TFloat64.class);
  }

  /** Returns the variance of x over H and W, divided by H·W, (N, C). */
  public static Operand<TFloat64> variance(Ops tf, CentredMap map) {
    Operand<TFloat64> second = second(tf, map);
    return variance(tf, first(tf, map), second, tf.math.mul(second, tf.constant(ROUNDING)));
  }

  /** Returns second − first², or 0 with gradient 0 where that is not above a limit. */
  public static Operand<TFloat64> variance(
      Ops tf, Operand<TFloat64> first, Operand<TFloat64> second, Operand<TFloat64> limit) {
    Operand<TFloat64> difference = tf.math.sub(second, tf.math.square(first));
    return tf.select(
        tf.math.greater(difference, tf.stopGradient(limit)),
        difference,
        tf.zerosLike(tf.stopGradient(difference)));
  }

  /** Returns H·W. */
  public int pixels() {
    return map.pixels();
  }

  /** Returns C. */
  public int channels() {
    return map.channels();
  }

  /** Returns the mean of y over H and W, (N, C). */
  public Operand<TFloat32> mean() {
    return single(tf.math.add(tf.math.mul(scale, first(tf, map)), offset));
  }

  /** Returns the variance of y over H and W, divided by H·W, (N, C). */
  public Operand<TFloat32> variance() {
    return single(tf.math.mul(tf.math.square(scale), variance(tf, map)));
  }

  /** Returns y ⊙ gates. */
  public FoldedMap gated(Operand<TFloat32> gates) {
    Operand<TFloat64> factors = tf.dtypes.cast(gates, TFloat64.class);
    return new FoldedMap(tf, map, tf.math.mul(scale, factors), tf.math.mul(offset, factors));
  }

  /** Computes y. */
  public Operand<TFloat32> build() {
    return build(Optional.empty(), false);
  }

  /** Computes relu(y). */
  public Operand<TFloat32> rectified() {
    return build(Optional.empty(), true);
  }

  /** Computes y + addend, the end of a linear residual block. */
  public Operand<TFloat32> sum(Operand<TFloat32> addend) {
    return build(Optional.of(addend), false);
  }

  /** Computes relu(y + addend), the end of a residual block. */
  public Operand<TFloat32> rectifiedSum(Operand<TFloat32> addend) {
    return build(Optional.of(addend), true);
  }

  private Operand<TFloat32> build(Optional<Operand<TFloat32>> addend, boolean rectified) {
    Operand<TFloat64> zeros = tf.zerosLike(tf.stopGradient(first(tf, map)));
    return map.scaleAndShift(
        single(tf.math.add(scale, zeros)), single(tf.math.add(offset, zeros)), addend, rectified);
  }

  private Operand<TFloat32> single(Operand<TFloat64> value) {
    return tf.dtypes.cast(value, TFloat32.class);
  }
}
