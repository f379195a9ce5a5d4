package dev.recal.graphs.detection.loss;

import dev.recal.graphs.detection.ClassLayout;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The loss of a mask head (He et al. 2017, arXiv 1703.06870): the binary cross entropy of the mask
 * of the true class, the mean over all pixels of all regions with an object.
 *
 * @param layout the place of each class
 */
public record MaskLoss(ClassLayout layout) {

  /**
   * Adds the loss, a scalar; 0 if no region has an object.
   *
   * @param logits (P, h, w, classes)
   * @param labels (P): classes from 0
   * @param targets (P, h, w)
   * @param weights (P): 1 for regions with an object, 0 for others
   */
  public Operand<TFloat32> build(
      Ops tf,
      Operand<TFloat32> logits,
      Operand<TInt32> labels,
      Operand<TFloat32> targets,
      Operand<TFloat32> weights) {
    int height = Math.toIntExact(logits.shape().get(1));
    int width = Math.toIntExact(logits.shape().get(2));
    int classes = Math.toIntExact(logits.shape().get(3));
    Operand<TInt32> known = tf.math.maximum(labels, tf.constant(0));
    Operand<TFloat32> chosen =
        tf.oneHot(
            tf.math.add(known, tf.constant(layout.first())),
            tf.constant(classes),
            tf.constant(1f),
            tf.constant(0f));
    Operand<TFloat32> pixels =
        tf.reshape(logits, tf.constant(new int[] {-1, height * width, classes}));
    Operand<TFloat32> ofClass =
        tf.reshape(
            tf.train.batchMatMul(pixels, tf.expandDims(chosen, tf.constant(-1)), TFloat32.class),
            tf.constant(new int[] {-1, height * width}));
    Operand<TFloat32> flat = tf.reshape(targets, tf.constant(new int[] {-1, height * width}));
    Operand<TFloat32> entropy = tf.math.mean(Entropies.binary(tf, ofClass, flat), tf.constant(1));
    Operand<TFloat32> count = tf.math.maximum(Entropies.sum(tf, weights), tf.constant(1f));
    return tf.math.div(Entropies.weightedSum(tf, entropy, weights), count);
  }
}
