package dev.recal.graphs.classification;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Soft labels: each class gets an equal share of the smoothing, and the true class the rest, (1 −
 * s) · one-hot + s / classes (Szegedy et al. 2016, "Rethinking the Inception architecture").
 *
 * @param smoothing s, 0 (one-hot labels) to below 1
 */
public record LabelSmoothing(double smoothing) {
  public LabelSmoothing {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "smoothing: expected from 0 to less than 1, but got " + smoothing + ".");
    }
  }

  /**
   * Adds the ops.
   *
   * @param labels n class indices
   * @param classes the number of classes
   * @return n×classes, each row of sum 1
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TInt32> labels, int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("classes: expected at least 1, but got " + classes + ".");
    }
    float rest = (float) (smoothing / classes);
    return tf.oneHot(
        labels,
        tf.constant(classes),
        tf.constant((float) (1 - smoothing + smoothing / classes)),
        tf.constant(rest));
  }

  /**
   * Adds the ops for images with any number of classes, each of which is there or not: t · (1 − s)
   * + s / 2, as in Keras.
   *
   * @param present 1 for the classes of an image and 0 for the others, n×classes
   */
  public Operand<TFloat32> each(Ops tf, Operand<TFloat32> present) {
    if (smoothing == 0) {
      return present;
    }
    return tf.math.add(
        tf.math.mul(present, tf.constant((float) (1 - smoothing))),
        tf.constant((float) (smoothing / 2)));
  }
}
