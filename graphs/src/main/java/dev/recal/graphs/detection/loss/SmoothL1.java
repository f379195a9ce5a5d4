package dev.recal.graphs.detection.loss;

import dev.recal.ops.Arguments;
import dev.recal.ops.detection.Conventions;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The smooth L1 loss (Girshick 2015, "Fast R-CNN", arXiv 1504.08083): d² / 2β where |d| is below β,
 * otherwise |d| − β / 2.
 *
 * @param beta where the parabola ends; 0 for |d|
 */
public record SmoothL1(float beta) {

  private static final SmoothL1 ABSOLUTE = new SmoothL1(0);
  private static final SmoothL1 NARROW = new SmoothL1(1 / 9f);

  /** Rejects numbers below 0. */
  public SmoothL1 {
    Arguments.require(beta >= 0 && Float.isFinite(beta), "beta", "at least 0", beta);
  }

  /** Returns the loss of region proposals: β = 1/9, in mmdetection 2 and later |d|. */
  public static SmoothL1 proposals(Conventions conventions) {
    return conventions == Conventions.PLAIN ? ABSOLUTE : NARROW;
  }

  /** Returns the loss of a box head: β = 1 in mmdetection 1, |d| in 2, 1/9 in torchvision. */
  public static SmoothL1 regions(Conventions conventions) {
    return switch (conventions) {
      case LEGACY -> new SmoothL1(1);
      case PLAIN -> ABSOLUTE;
      case TORCHVISION -> NARROW;
    };
  }

  /** Returns the loss of RetinaNet's boxes: β = 1/9 in mmdetection 1, otherwise |d|. */
  public static SmoothL1 retina(Conventions conventions) {
    return conventions == Conventions.LEGACY ? NARROW : ABSOLUTE;
  }

  /** Returns the loss of each difference, of the same shape. */
  public Operand<TFloat32> build(Ops tf, Operand<TFloat32> difference) {
    Operand<TFloat32> absolute = tf.math.abs(difference);
    if (beta == 0) {
      return absolute;
    }
    Operand<TFloat32> parabola =
        tf.math.mul(tf.math.square(difference), tf.constant(1 / (2 * beta)));
    Operand<TFloat32> line = tf.math.sub(absolute, tf.constant(beta / 2));
    return tf.select(tf.math.less(absolute, tf.constant(beta)), parabola, line);
  }
}
