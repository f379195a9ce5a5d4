package dev.recal.ops.detection;

import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/** Coordinates in the last dimension of a tensor. */
final class Boxes {

  // Above this, float32 has no fractions of a pixel; kernels that compute indices from it, or from
  // NaN, read outside their map.
  private static final float FARTHEST = 1e7f;

  private Boxes() {}

  /** Rejects tensors without four coordinates in the last dimension. */
  static void require(String name, Operand<?> boxes) {
    Shape shape = boxes.shape();
    int rank = shape.numDimensions();
    Arguments.require(
        rank >= 1 && fits(shape.get(rank - 1), 4), name, "boxes of shape (..., 4)", shape);
  }

  /** Rejects tensors that are not a list of boxes. */
  static void requireList(String name, Operand<?> boxes) {
    Shape shape = boxes.shape();
    Arguments.require(
        shape.numDimensions() == 2 && fits(shape.get(1), 4), name, "boxes of shape (R, 4)", shape);
  }

  /** Rejects vectors that do not have a value for each box. */
  static void requireSameCount(String name, Operand<?> values, Operand<?> boxes) {
    Shape shape = values.shape();
    Arguments.require(
        shape.numDimensions() == 1 && fits(shape.get(0), boxes.shape().get(0)),
        name,
        "shape (R) for boxes of shape " + boxes.shape(),
        shape);
  }

  private static boolean fits(long found, long expected) {
    return found == expected || found == Shape.UNKNOWN_SIZE || expected == Shape.UNKNOWN_SIZE;
  }

  /** Returns the four coordinates, each (...). */
  static List<Operand<TFloat32>> coordinates(Ops tf, Operand<TFloat32> boxes) {
    return new ArrayList<>(tf.unstack(boxes, 4L, Unstack.axis(-1L)).output());
  }

  /** Returns the boxes of four coordinates, each (...). */
  static Operand<TFloat32> of(Ops tf, List<Operand<TFloat32>> coordinates) {
    return tf.stack(coordinates, Stack.axis(-1L));
  }

  /** Returns which coordinates are finite and at most 1e7 pixels from 0. */
  static Operand<TBool> usable(Ops tf, Operand<TFloat32> boxes) {
    return tf.math.lessEqual(tf.math.abs(boxes), tf.constant(FARTHEST));
  }

  /** Replaces coordinates that are not usable by one far outside every image. */
  static Operand<TFloat32> bounded(Ops tf, Operand<TFloat32> boxes) {
    return tf.select(usable(tf, boxes), boxes, tf.constant(-FARTHEST));
  }

  /** Returns max(x, 0). */
  static Operand<TFloat32> notNegative(Ops tf, Operand<TFloat32> x) {
    return tf.math.maximum(x, tf.constant(0f));
  }
}
