package dev.recal.ops.dynamic;

import dev.recal.ops.conv.Padding;
import dev.recal.ops.conv.Window;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;

/** Argument checks shared by the layers of this package. */
final class Settings {

  private Settings() {}

  static void atLeast(String name, int minimum, int value) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + ": expected at least " + minimum + ", but got " + value + ".");
    }
  }

  /** Validates a layer's settings and returns their window. */
  static Window window(int kernel, int stride, Optional<Integer> padding, int dilation) {
    Objects.requireNonNull(padding, "padding");
    return new Window(
        kernel, kernel, stride, padding.map(Padding::pixels).orElse(Padding.CENTRED), dilation);
  }

  /** Rejects more values than a tensor can index. */
  static void requireIndexable(String name, long values) {
    if (values > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name + ": expected at most 2³¹ − 1 filter values for one image, but got " + values + ".");
    }
  }

  /** Rejects maps that are smaller than the window, if their size is known. */
  static void requireFits(Shape x, Window window) {
    for (int dimension = 1; dimension <= 2; dimension++) {
      long size = x.get(dimension);
      if (size == Shape.UNKNOWN_SIZE) {
        continue;
      }
      if (size < 1 || PatchGrid.results(Math.toIntExact(size), window) < 1) {
        throw new IllegalArgumentException(
            "kernel: a window of "
                + window.height()
                + "×"
                + window.width()
                + " with dilation "
                + window.dilation()
                + " and padding "
                + window.padding()
                + " does not fit into a map of shape "
                + x
                + ".");
      }
    }
  }

  /** Returns the static shape of a window's output. */
  static Shape result(Shape x, Window window, int outputs) {
    return Shape.of(x.get(0), along(x.get(1), window), along(x.get(2), window), outputs);
  }

  private static long along(long size, Window window) {
    return size == Shape.UNKNOWN_SIZE
        ? Shape.UNKNOWN_SIZE
        : PatchGrid.results(Math.toIntExact(size), window);
  }

  /** Returns the pixels of an image of a result, or 0 if they are unknown. */
  static long pixels(Shape result) {
    boolean known = result.get(1) != Shape.UNKNOWN_SIZE && result.get(2) != Shape.UNKNOWN_SIZE;
    return known ? result.get(1) * result.get(2) : 0;
  }
}
