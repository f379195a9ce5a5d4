package dev.recal.ops.skip;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/** Argument checks of settings and maps. */
final class Inputs {

  private Inputs() {}

  static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but got " + value + ".");
    }
  }

  /** Returns the channels of a map (N, H, W, C). */
  static int channels(String name, Operand<?> map) {
    Shape shape = map.shape();
    if (shape.isUnknown() || shape.numDimensions() != 4) {
      throw new IllegalArgumentException(
          name + ": expected a feature map of shape (N, H, W, C), but got shape " + shape + ".");
    }
    if (shape.get(3) == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          name + ": expected a statically known number of channels, but got shape " + shape + ".");
    }
    return Math.toIntExact(shape.get(3));
  }

  /** Returns C / groups. */
  static int share(int groups, String name, int channels) {
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "groups: expected a divisor of the "
              + channels
              + " channels of "
              + name
              + ", but got "
              + groups
              + ".");
    }
    return channels / groups;
  }

  /** Rejects a map whose known sizes differ from another's in one of the dimensions. */
  static void requireSame(
      String name, Operand<?> map, String other, Operand<?> like, int... dimensions) {
    for (int dimension : dimensions) {
      long size = map.shape().get(dimension);
      long wanted = like.shape().get(dimension);
      if (size != Shape.UNKNOWN_SIZE && wanted != Shape.UNKNOWN_SIZE && size != wanted) {
        throw new IllegalArgumentException(
            name
                + ": expected the size "
                + wanted
                + " of "
                + other
                + " in dimension "
                + dimension
                + ", but got shape "
                + map.shape()
                + ".");
      }
    }
  }
}
