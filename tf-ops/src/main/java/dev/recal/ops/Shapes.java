package dev.recal.ops;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** Static shapes of feature maps (N, H, W, C), with errors that name the expected shape. */
public final class Shapes {

  private Shapes() {}

  /**
   * Returns the number of channels, the last dimension of a feature map.
   *
   * @throws IllegalArgumentException if {@code x} is not of rank 4 or its channels are unknown
   */
  public static int channels(Operand<?> x) {
    return known(map(x), 3, "channels");
  }

  /**
   * Returns the height in pixels.
   *
   * @throws IllegalArgumentException if {@code x} is not of rank 4 or its height is unknown
   */
  public static int height(Operand<?> x) {
    return known(map(x), 1, "height");
  }

  /**
   * Returns the width in pixels.
   *
   * @throws IllegalArgumentException if {@code x} is not of rank 4 or its width is unknown
   */
  public static int width(Operand<?> x) {
    return known(map(x), 2, "width");
  }

  /** Returns whether height and width are known when the graph is built. */
  public static boolean hasStaticSize(Operand<?> x) {
    Shape shape = map(x);
    return shape.get(1) != Shape.UNKNOWN_SIZE && shape.get(2) != Shape.UNKNOWN_SIZE;
  }

  /**
   * Returns the number of features, the last dimension of a matrix (N, C).
   *
   * @throws IllegalArgumentException if {@code x} is not of rank 2 or its features are unknown
   */
  public static int features(Operand<?> x) {
    Shape shape = x.shape();
    if (shape.numDimensions() != 2) {
      throw new IllegalArgumentException(
          "x: expected a matrix of shape (N, C), but got shape " + shape + ".");
    }
    return known(shape, 1, "features");
  }

  /**
   * Returns the length of a dimension: a constant if it is statically known.
   *
   * @param dimension from 0
   */
  public static Operand<TInt32> size(Ops tf, Operand<?> x, int dimension) {
    long known = x.shape().get(dimension);
    return known == Shape.UNKNOWN_SIZE
        ? tf.gather(tf.shape(x), tf.constant(dimension), tf.constant(0))
        : tf.constant(Math.toIntExact(known));
  }

  private static Shape map(Operand<?> x) {
    Shape shape = x.shape();
    if (shape.numDimensions() != 4) {
      throw new IllegalArgumentException(
          "x: expected a feature map of shape (N, H, W, C), but got shape " + shape + ".");
    }
    return shape;
  }

  private static int known(Shape shape, int dimension, String what) {
    long size = shape.get(dimension);
    if (size == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "x: expected a statically known number of " + what + ", but got shape " + shape + ".");
    }
    return Math.toIntExact(size);
  }
}
