package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.BuildContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The gradient penalty of a Wasserstein critic for each pixel: the mean over pixels of (‖∇D(x̂)‖₂ −
 * 1)², the norm over channels, at a random point x̂ between a real and a generated image (Gulrajani
 * et al. 2017, arXiv 1704.00028; for each pixel in SinGAN, arXiv 1905.01164).
 */
public final class GradientPenalty {

  // The gradient of a root at 0 is infinite.
  private static final float TINY = 1e-12f;

  private GradientPenalty() {}

  /**
   * Adds the penalty.
   *
   * @param context the scope of the critic's variables, in a tower of its own
   * @param between x̂, (1, H, W, C), static
   * @return a scalar
   */
  public static Operand<TFloat32> build(
      BuildContext context, ScaleCritic critic, Operand<TFloat32> between) {
    Ops tf = context.tf();
    Operand<TFloat32> gradient = critic.slope(context, between);
    Operand<TInt32> channels = tf.constant(new int[] {3});
    Operand<TFloat32> squares = tf.reduceSum(tf.math.mul(gradient, gradient), channels);
    Operand<TFloat32> norm = tf.math.sqrt(tf.math.maximum(squares, tf.constant(TINY)));
    Operand<TFloat32> excess = tf.math.sub(norm, tf.constant(1f));
    return tf.math.mean(tf.math.mul(excess, excess), tf.constant(new int[] {0, 1, 2}));
  }
}
