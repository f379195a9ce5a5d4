package dev.recal.ops.detection;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Boxes, of which some may be padding or excluded.
 *
 * @param boxes (..., A, 4)
 * @param included (..., A); empty if all are
 */
public record BoxSet(Operand<TFloat32> boxes, Optional<Operand<TBool>> included) {

  /** Rejects other shapes. */
  public BoxSet {
    Boxes.require("boxes", boxes);
  }

  /** Returns a set of all boxes. */
  public static BoxSet of(Operand<TFloat32> boxes) {
    return new BoxSet(boxes, Optional.empty());
  }

  /** Returns a set of some boxes. */
  public static BoxSet of(Operand<TFloat32> boxes, Operand<TBool> included) {
    return new BoxSet(boxes, Optional.of(included));
  }

  /**
   * Returns a set of the first boxes of each image.
   *
   * @param counts (...)
   */
  public static BoxSet first(Ops tf, Operand<TFloat32> boxes, Operand<TInt32> counts) {
    return of(boxes, tf.math.less(positions(tf, boxes), tf.expandDims(counts, tf.constant(-1))));
  }

  /** Returns 0 to A − 1. */
  static Operand<TInt32> positions(Ops tf, Operand<TFloat32> boxes) {
    return tf.range(tf.constant(0), count(tf, boxes), tf.constant(1));
  }

  static Operand<TInt32> count(Ops tf, Operand<TFloat32> boxes) {
    int axis = boxes.shape().numDimensions() - 2;
    long known = boxes.shape().get(axis);
    return known >= 0
        ? tf.constant(Math.toIntExact(known))
        : tf.gather(tf.shape(boxes), tf.constant(axis), tf.constant(0));
  }
}
