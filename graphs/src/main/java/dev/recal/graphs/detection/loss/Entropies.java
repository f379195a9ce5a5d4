package dev.recal.graphs.detection.loss;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Cross entropies of logits, and sums over what is valid. */
final class Entropies {

  private Entropies() {}

  /**
   * Returns the binary cross entropy of each logit: log(1 + exp x) − x z.
   *
   * @param targets z, from 0 to 1, of the same shape
   */
  static Operand<TFloat32> binary(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> targets) {
    return tf.math.sub(tf.math.softplus(logits), tf.math.mul(logits, targets));
  }

  /**
   * Returns the cross entropy of each row.
   *
   * @param logits (R, classes)
   * @param labels (R)
   * @return (R)
   */
  static Operand<TFloat32> softmax(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
    int classes = Math.toIntExact(logits.shape().get(1));
    // The sparse form has no gradient in TensorFlow Java.
    Operand<TFloat32> targets =
        tf.oneHot(labels, tf.constant(classes), tf.constant(1f), tf.constant(0f));
    return SoftmaxCrossEntropyWithLogits.create(tf.scope(), logits, targets).loss();
  }

  /** Returns the sum of all values times weights of the same shape, a scalar. */
  static Operand<TFloat32> weightedSum(
      Ops tf, Operand<TFloat32> values, Operand<TFloat32> weights) {
    return sum(tf, tf.math.mul(values, weights));
  }

  /** Returns the sum of all values, a scalar. */
  static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> values) {
    Operand<TFloat32> flat = tf.reshape(values, tf.constant(new int[] {-1}));
    return tf.sum(flat, tf.constant(0));
  }
}
