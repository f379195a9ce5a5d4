package dev.recal.graphs.synthesis;

import java.util.List;

/** Resolutions as powers of two, and the channels of their maps. */
final class Resolutions {

  private Resolutions() {}

  /** Rejects numbers that are not powers of two in a range. */
  static void require(String name, int value, int least, int most) {
    if (Integer.bitCount(value) != 1 || value < least || value > most) {
      throw new IllegalArgumentException(
          name
              + ": expected a power of two from "
              + least
              + " to "
              + most
              + ", but got "
              + value
              + ".");
    }
  }

  /** Rejects multipliers other than one positive number for each resolution. */
  static void requireMultipliers(List<Double> multipliers, int first, int last) {
    int count = exponent(last) - exponent(first) + 1;
    if (multipliers.size() != count
        || multipliers.stream().anyMatch(m -> !(m > 0) || m.isInfinite())) {
      throw new IllegalArgumentException(
          "multipliers: expected "
              + count
              + " positive numbers, one for each resolution from "
              + first
              + " to "
              + last
              + ", but got "
              + multipliers
              + ".");
    }
  }

  /**
   * Returns the channels of a map: its resolution's multiplier times the width, rounded down.
   *
   * @param first the resolution of the first multiplier
   */
  static int channels(int width, List<Double> multipliers, int first, int resolution) {
    return (int) (multipliers.get(exponent(resolution) - exponent(first)) * width);
  }

  /** Rejects maps without channels. */
  static void requireChannels(int width, int channels, int resolution) {
    if (channels < 1) {
      throw new IllegalArgumentException(
          "width: expected a width that leaves every map at least one channel, but "
              + width
              + " leaves the map of "
              + resolution
              + "×"
              + resolution
              + " none.");
    }
  }

  /** Returns the power of two. */
  static int exponent(int resolution) {
    return Integer.numberOfTrailingZeros(resolution);
  }
}
