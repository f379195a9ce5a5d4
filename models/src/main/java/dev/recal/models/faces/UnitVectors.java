package dev.recal.models.faces;

/** Embeddings of length 1. */
final class UnitVectors {

  private UnitVectors() {}

  /**
   * Divides a vector by its length, in double precision.
   *
   * @param what the vector is of, the beginning of a sentence
   * @throws IllegalArgumentException if a value is not finite, or all are 0
   */
  static double[] of(double[] vector, String what) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    if (!Double.isFinite(squares)) {
      throw new IllegalArgumentException(what + " has an embedding that is not finite.");
    }
    if (squares == 0) {
      throw new IllegalArgumentException(
          what + " has an embedding of zeros, which has no direction.");
    }
    double length = Math.sqrt(squares);
    double[] unit = new double[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i] / length;
    }
    return unit;
  }

  /** Returns the squared L2 distance of two vectors of equal length. */
  static double squaredDistance(double[] first, double[] second) {
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      double difference = first[i] - second[i];
      sum += difference * difference;
    }
    return sum;
  }
}
