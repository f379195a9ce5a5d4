package dev.recal.graphs.detection;

import dev.recal.ops.detection.Conventions;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Boxes that are dropped for their size. */
final class SmallBoxes {

  private SmallBoxes() {}

  /**
   * Returns the scores, −∞ where the box has a side below a minimum.
   *
   * @param boxes (..., 4)
   * @param scores of a shape that broadcasts with (...)
   * @param minimum in pixels
   */
  static Operand<TFloat32> dropped(
      Ops tf,
      Conventions conventions,
      Operand<TFloat32> boxes,
      Operand<TFloat32> scores,
      float minimum) {
    Operand<TFloat32> side =
        tf.math.minimum(conventions.widths(tf, boxes), conventions.heights(tf, boxes));
    return tf.select(
        tf.math.greaterEqual(side, tf.constant(minimum)),
        scores,
        tf.constant(Float.NEGATIVE_INFINITY));
  }
}
