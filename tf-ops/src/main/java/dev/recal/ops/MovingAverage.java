package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A stored statistic that follows a batch's value: v ← decay·v + (1 − decay)·value.
 *
 * @param variable the stored statistic
 * @param batchValue its value on the current batch
 * @param decay in TensorFlow's sense: the share of the old value that is kept
 */
public record MovingAverage(
    Variable<TFloat32> variable, Operand<TFloat32> batchValue, float decay) {

  /**
   * Returns the operation that updates the variable with the layer's own decay. At decay 0 it is an
   * assignment, so that two towers that compute the same value may both run it.
   */
  public Op update(Ops tf) {
    if (decay == 0) {
      return tf.assignVariableOp(variable.handle(), batchValue);
    }
    return update(tf, tf.constant(1f - decay));
  }

  /**
   * Returns the operation that moves the variable towards the batch's value by a share of their
   * difference.
   *
   * @param share a scalar; 1/k at the k-th batch makes the variable the plain mean of all batches
   */
  public Op update(Ops tf, Operand<TFloat32> share) {
    Operand<TFloat32> step = tf.math.mul(tf.math.sub(variable.read(), batchValue), share);
    return tf.assignSubVariableOp(variable.handle(), step);
  }
}
