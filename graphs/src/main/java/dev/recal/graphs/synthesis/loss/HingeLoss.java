package dev.recal.graphs.synthesis.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The adversarial hinge loss with random margins: for real images mean max(0, u − D(x)), for
 * generated images mean max(0, u + D(G(z))), u ~ U(0.8, 1) for each logit; for the generator −mean
 * D(G(z)).
 *
 * <p>Lim and Ye 2017, "Geometric GAN" (arXiv 1705.02894), without the randomness; the official code
 * of FastGAN (github odegeasslbc/FastGAN-pytorch) adds it to smooth the labels.
 */
public final class HingeLoss {

  private static final float MIN_MARGIN = 0.8f;
  private static final float MAX_MARGIN = 1f;

  private HingeLoss() {}

  /**
   * Returns the discriminator's loss for real images.
   *
   * @param logits (N, K)
   * @param seed (2), of this call only
   * @return a scalar
   */
  public static Operand<TFloat32> real(Ops tf, Operand<TFloat32> logits, Operand<TInt64> seed) {
    return mean(tf, tf.nn.relu(tf.math.sub(margins(tf, logits, seed), logits)));
  }

  /**
   * Returns the discriminator's loss for generated images.
   *
   * @param logits (N, K)
   * @param seed (2), of this call only
   * @return a scalar
   */
  public static Operand<TFloat32> generated(
      Ops tf, Operand<TFloat32> logits, Operand<TInt64> seed) {
    return mean(tf, tf.nn.relu(tf.math.add(margins(tf, logits, seed), logits)));
  }

  /**
   * Returns the generator's loss for the logits of its images.
   *
   * @param logits (N, K)
   * @return a scalar
   */
  public static Operand<TFloat32> generator(Ops tf, Operand<TFloat32> logits) {
    return tf.math.neg(mean(tf, logits));
  }

  /** Returns the mean of all logits (N, K), a scalar. */
  public static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> logits) {
    return tf.math.mean(logits, tf.constant(new int[] {0, 1}));
  }

  private static Operand<TFloat32> margins(Ops tf, Operand<TFloat32> logits, Operand<TInt64> seed) {
    Operand<TFloat32> share =
        tf.random.statelessRandomUniform(tf.shape(logits), seed, TFloat32.class);
    // Otherwise gradients would be requested through the logits' shape.
    return tf.stopGradient(
        tf.math.add(
            tf.math.mul(share, tf.constant(MAX_MARGIN - MIN_MARGIN)), tf.constant(MIN_MARGIN)));
  }
}
