package dev.recal.ops.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;

/** Assertions on arrays. */
public final class ArrayAssertions {

  private ArrayAssertions() {}

  /** Asserts equal lengths and values that differ by less than 1e-5 of the largest one. */
  public static void assertClose(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    double scale = 1;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("value %d", i)
          .isCloseTo(expected[i], Offset.offset(1e-5 * scale));
    }
  }
}
