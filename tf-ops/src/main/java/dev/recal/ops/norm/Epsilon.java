package dev.recal.ops.norm;

final class Epsilon {

  private Epsilon() {}

  static void require(float epsilon) {
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("epsilon: expected at least 0, but " + epsilon + " came.");
    }
  }
}
