package dev.recal.ops.norm;

final class Epsilon {

  private Epsilon() {}

  static void require(float epsilon) {
    if (!(epsilon >= 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon: expected at least 0 and finite, but got " + epsilon + ".");
    }
  }
}
