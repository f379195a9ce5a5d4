package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;
import java.util.Arrays;
import java.util.Objects;

/**
 * Images or noise maps of equal size in Java's memory.
 *
 * @param count how many
 * @param height in pixels
 * @param width in pixels
 * @param channels of a pixel
 * @param values row-major, (count, height, width, channels); not copied
 */
public record PyramidMaps(int count, int height, int width, int channels, float[] values) {

  /** Rejects sizes below 1, and a wrong number of values. */
  public PyramidMaps {
    Objects.requireNonNull(values, "values");
    Arguments.atLeast(1, "count", count);
    Arguments.atLeast(1, "height", height);
    Arguments.atLeast(1, "width", width);
    Arguments.atLeast(1, "channels", channels);
    long expected = (long) count * height * width * channels;
    Arguments.require(
        values.length == expected,
        "values",
        expected + " of " + count + " maps of " + width + "×" + height + "×" + channels,
        values.length);
  }

  /** Returns the values of one map. */
  public float[] map(int index) {
    int size = height * width * channels;
    return Arrays.copyOfRange(values, index * size, (index + 1) * size);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PyramidMaps maps
        && count == maps.count
        && height == maps.height
        && width == maps.width
        && channels == maps.channels
        && Arrays.equals(values, maps.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
