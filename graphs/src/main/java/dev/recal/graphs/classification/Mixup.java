package dev.recal.graphs.classification;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Mixup (Zhang et al. 2018, "mixup: Beyond empirical risk minimization"): each image and its labels
 * are mixed with those of another image of the batch, λ·a + (1 − λ)·b. As in the authors' code one
 * λ is sampled per batch from Beta(α, α), and the partners are a random permutation.
 *
 * @param alpha of the Beta distribution, above 0
 */
public record Mixup(double alpha) {
  public Mixup {
    if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "alpha: expected a positive, finite number, but got " + alpha + ".");
    }
  }

  /**
   * A mixed batch.
   *
   * @param images the images, n×height×width×channels
   * @param labels n×classes
   */
  public record Mixed(Operand<TFloat32> images, Operand<TFloat32> labels) {}

  /**
   * Adds the ops.
   *
   * @param images n×height×width×channels
   * @param labels n×classes, for example from {@link LabelSmoothing#apply}
   * @param seed two integers, which determine the mixing, for example a seed and the step number
   */
  public Mixed apply(
      Ops tf, Operand<TFloat32> images, Operand<TFloat32> labels, Operand<TInt64> seed) {
    Operand<TFloat32> lambda = lambda(tf, seed);
    Operand<TInt32> partners = partners(tf, images, seed);
    return new Mixed(mix(tf, images, partners, lambda), mix(tf, labels, partners, lambda));
  }

  /** λ, a scalar distributed as Beta(α, α): x / (x + y) for two Gamma(α) variables. */
  Operand<TFloat32> lambda(Ops tf, Operand<TInt64> seed) {
    return beta(tf, alpha, seed);
  }

  /** A scalar distributed as Beta(α, α). */
  static Operand<TFloat32> beta(Ops tf, double alpha, Operand<TInt64> seed) {
    var state = tf.random.statelessRandomGetKeyCounter(seed);
    Operand<TFloat64> gammas =
        tf.random.statelessRandomGamma(
            tf.constant(new int[] {2}),
            state.key(),
            state.counter(),
            tf.random.statelessRandomGetAlg(),
            tf.constant(alpha));
    Operand<TFloat64> tiny = tf.constant(Double.MIN_NORMAL);
    // With a tiny alpha both may be 0; then images are mixed equally.
    Operand<TFloat64> safe = tf.math.maximum(gammas, tiny);
    Operand<TFloat64> first = tf.gather(safe, tf.constant(0), tf.constant(0));
    Operand<TFloat64> both = tf.sum(safe, tf.constant(0));
    return tf.dtypes.cast(tf.math.div(first, both), TFloat32.class);
  }

  /** A random permutation of the batch. */
  static Operand<TInt32> partners(Ops tf, Operand<TFloat32> images, Operand<TInt64> seed) {
    Operand<TInt32> n = tf.gather(tf.shape(images), tf.constant(0), tf.constant(0));
    // The complement of the seed gives an independent stream.
    Operand<TInt64> other = tf.math.sub(tf.constant(-1L), seed);
    Operand<TFloat32> keys =
        tf.random.statelessRandomUniform(tf.expandDims(n, tf.constant(0)), other);
    return tf.nn.topK(keys, n, TInt32.class).indices();
  }

  /** λ · values + (1 − λ) · those of the partners. */
  static Operand<TFloat32> mix(
      Ops tf, Operand<TFloat32> values, Operand<TInt32> partners, Operand<TFloat32> lambda) {
    Operand<TFloat32> partner = tf.gather(values, partners, tf.constant(0));
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), lambda);
    return tf.math.add(tf.math.mul(values, lambda), tf.math.mul(partner, rest));
  }
}
