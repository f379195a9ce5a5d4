package dev.recal.graphs.synthesis.projection;

/**
 * The settings of a projection.
 *
 * @param candidates the number of random candidates tried first
 * @param starts the number of nearest candidates optimised in parallel
 * @param steps of Adam
 * @param rate of the first step; it falls to 0 along a half cosine
 * @param seed of the candidates
 */
public record ProjectionSettings(int candidates, int starts, int steps, double rate, long seed) {

  /** Rejects numbers below 1 and fewer candidates than starts. */
  public ProjectionSettings {
    requirePositive("starts", starts);
    requirePositive("steps", steps);
    if (candidates < starts) {
      throw new IllegalArgumentException(
          "candidates: expected at least as many as the "
              + starts
              + " starts, but got "
              + candidates
              + ".");
    }
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("rate: expected a positive number, but got " + rate + ".");
    }
  }

  /** The 4 nearest of 64 candidates, 300 steps from a rate of 0.1. */
  public static ProjectionSettings defaults() {
    return new ProjectionSettings(64, 4, 300, 0.1, 0);
  }

  /** Returns the rate of a step, counted from 0. */
  float rate(int step) {
    return (float) (rate * 0.5 * (1 + Math.cos(Math.PI * step / steps)));
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but got " + value + ".");
    }
  }
}
