package dev.recal.graphs.network;

import dev.recal.ops.Shapes;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Operand;

/** Argument checks shared by the networks' records. They throw {@code IllegalArgumentException}. */
public final class NetworkChecks {

  private NetworkChecks() {}

  /** Rejects a count below 1. */
  public static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected at least 1, but got " + value + ".");
    }
  }

  /** Returns a copy of a list of one or more numbers of at least 1. */
  public static List<Integer> positive(String name, List<Integer> values) {
    List<Integer> copy = List.copyOf(values);
    if (copy.isEmpty() || copy.stream().anyMatch(value -> value < 1)) {
      throw new IllegalArgumentException(
          name + ": expected one or more numbers of at least 1, but got " + copy + ".");
    }
    return copy;
  }

  /**
   * Rejects missing settings.
   *
   * @param values names and values in turn
   * @throws NullPointerException that names the first missing one
   */
  public static void requirePresent(Object... values) {
    for (int i = 0; i < values.length; i += 2) {
      Objects.requireNonNull(values[i + 1], (String) values[i]);
    }
  }

  /** Rejects operands that are not a batch of images, (N, H, W, 3). */
  public static void requireImages(Operand<?> images) {
    if (images.shape().numDimensions() != 4 || Shapes.channels(images) != 3) {
      throw new IllegalArgumentException(
          "images: expected (N, H, W, 3), but got " + images.shape() + ".");
    }
  }
}
