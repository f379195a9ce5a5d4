package dev.recal.graphs.objective;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** (1 − p)<sup>γ</sup>, with a gradient that is finite everywhere. */
final class FocalWeights {

  private FocalWeights() {}

  /** Multiplies losses by these factors. */
  static Operand<TFloat32> times(
      Ops tf, Operand<TFloat32> losses, Operand<TFloat32> probabilities, double gamma) {
    if (gamma == 0) {
      return losses;
    }
    Operand<TFloat32> rest = tf.math.sub(tf.constant(1f), probabilities);
    // At 0 the power has an infinite gradient if γ < 1; through the maximum it has none.
    Operand<TFloat32> positive = tf.math.maximum(rest, tf.constant(Float.MIN_NORMAL));
    return tf.math.mul(losses, tf.math.pow(positive, tf.constant((float) gamma)));
  }
}
