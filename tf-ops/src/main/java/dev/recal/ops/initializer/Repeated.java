package dev.recal.ops.initializer;

import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One draw, repeated along the last axis: blocks of equal values.
 *
 * @param part draws a block
 * @param times how many blocks there are, at least 1; divides the last size
 */
public record Repeated(Initializer part, int times) implements Initializer {

  /** Rejects numbers below 1. */
  public Repeated {
    if (times < 1) {
      throw new IllegalArgumentException("times: expected at least 1, but got " + times + ".");
    }
  }

  @Override
  public Operand<TFloat32> values(Ops tf, Shape shape, long seed) {
    int axis = shape.numDimensions() - 1;
    if (axis < 0 || shape.get(axis) % times != 0) {
      throw new IllegalArgumentException(
          "shape: expected a last size that is a multiple of "
              + times
              + ", but got shape "
              + shape
              + ".");
    }
    Shape block = shape.take(axis).append(shape.get(axis) / times);
    Operand<TFloat32> draw = part.values(tf, block, seed);
    int[] multiples = new int[axis + 1];
    Arrays.fill(multiples, 1);
    multiples[axis] = times;
    return tf.tile(draw, tf.constant(multiples));
  }
}
