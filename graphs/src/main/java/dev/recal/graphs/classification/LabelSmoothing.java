package dev.recal.graphs.classification;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Soft labels: each class gets a share of the smoothing, and the right one what is left, (1 − s) ·
 * one-hot + s / classes (Szegedy et al. 2016, "Rethinking the Inception architecture").
 *
 * @param smoothing s, 0 (one-hot labels) to below 1
 */
public record LabelSmoothing(double smoothing) {
  public LabelSmoothing {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "smoothing must be at least 0 and below 1, but is " + smoothing + ".");
    }
  }

  /**
   * Adds the ops.
   *
   * @param labels n class indices
   * @param classes how many classes there are
   * @return n×classes, each row of sum 1
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TInt32> labels, int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("classes must be at least 1, but is " + classes + ".");
    }
    float rest = (float) (smoothing / classes);
    return tf.oneHot(
        labels,
        tf.constant(classes),
        tf.constant((float) (1 - smoothing + smoothing / classes)),
        tf.constant(rest));
  }
}
