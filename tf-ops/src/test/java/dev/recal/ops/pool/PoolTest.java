package dev.recal.ops.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class PoolTest {

  /** Folds the pixels of a window over a map (2, h, w, 3), cut at its border. */
  private static double fold(
      float[] x, int h, int w, int index, int[] window, double start, DoubleBinaryOperator with) {
    double value = start;
    for (int row = Math.max(0, window[0]); row < Math.min(h, window[1]); row++) {
      for (int column = Math.max(0, window[2]); column < Math.min(w, window[3]); column++) {
        value =
            with.applyAsDouble(value, x[((index / 3 * h) + row) * w * 3 + column * 3 + index % 3]);
      }
    }
    return value;
  }

  private static double mean(float[] x, int h, int w, int index, int[] window) {
    double sum = fold(x, h, w, index, window, 0, Double::sum);
    return sum / fold(x, h, w, index, window, 0, (count, pixel) -> count + 1);
  }

  // PyTorch's cells: floor(i·H/k) to ceil((i+1)·H/k).
  private static double[] adaptive(float[] x, int h, int w, int size) {
    double[] y = new double[2 * size * size * 3];
    for (int i = 0; i < y.length; i++) {
      int column = i / 3 % size;
      int row = i / (3 * size) % size;
      int index = i / (3 * size * size) * 3 + i % 3;
      int[] window = {
        row * h / size,
        ((row + 1) * h + size - 1) / size,
        column * w / size,
        ((column + 1) * w + size - 1) / size
      };
      y[i] = mean(x, h, w, index, window);
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({"8, 4, 4", "7, 10, 4", "5, 5, 3", "2, 3, 4", "1, 1, 4", "9, 6, 1", "4, 4, 4"})
  void averagesAdaptively(int h, int w, int size) {
    AdaptiveAveragePool pool = new AdaptiveAveragePool(size);
    Shape shape = Shape.of(2, h, w, 3);
    try (LayerTrial known = LayerTrial.training(pool, shape);
        LayerTrial unknown = LayerTrial.dynamic(pool, shape)) {
      double[] expected = adaptive(known.input(), h, w, size);
      ArrayAssertions.assertClose(known.output(), expected);
      ArrayAssertions.assertClose(unknown.output(), expected);
      assertThat(known.shape()).isEqualTo(Shape.of(2, size, size, 3));
      known.checkGradients();
      unknown.checkGradients();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 2, 1, false",
    "3, 1, 1, false",
    "3, 2, 2, false",
    "2, 2, 0, false",
    "3, 3, 0, false",
    "2, 2, 0, true",
    "7, 4, 3, false"
  })
  void averagesWindowsWithoutTheBorder(int size, int stride, int padding, boolean ceiling) {
    AveragePool pool = new AveragePool(size, stride, padding, ceiling);
    check(pool, size, stride, padding, ceiling, PoolTest::mean);
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 1", "2, 2, 0", "3, 1, 1", "3, 2, 2"})
  void takesTheMaximumOfWindows(int size, int stride, int padding) {
    check(
        new MaxPool(size, stride, padding),
        size,
        stride,
        padding,
        false,
        (x, h, w, index, window) ->
            fold(x, h, w, index, window, Double.NEGATIVE_INFINITY, Math::max));
  }

  private interface Reduction {
    double of(float[] x, int h, int w, int index, int[] window);
  }

  private static void check(
      Layer pool, int size, int stride, int padding, boolean ceiling, Reduction folding) {
    int h = 7;
    int w = 9;
    int extra = ceiling ? stride - 1 : 0;
    int rows = (h + 2 * padding - size + extra) / stride + 1;
    int columns = (w + 2 * padding - size + extra) / stride + 1;
    try (LayerTrial trial = LayerTrial.training(pool, Shape.of(2, h, w, 3));
        LayerTrial unknown = LayerTrial.dynamic(pool, Shape.of(2, h, w, 3))) {
      double[] expected = new double[2 * rows * columns * 3];
      for (int i = 0; i < expected.length; i++) {
        int left = i / 3 % columns * stride - padding;
        int top = i / (3 * columns) % rows * stride - padding;
        int index = i / (3 * columns * rows) * 3 + i % 3;
        expected[i] =
            folding.of(trial.input(), h, w, index, new int[] {top, top + size, left, left + size});
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      ArrayAssertions.assertClose(unknown.output(), expected);
      assertThat(trial.shape()).isEqualTo(Shape.of(2, rows, columns, 3));
      trial.checkGradients();
    }
  }

  @Test
  void averagesTheWholeMap() {
    try (LayerTrial trial = LayerTrial.training(new GlobalAveragePool(), Shape.of(2, 5, 7, 3))) {
      double[] expected = new double[6];
      for (int i = 0; i < 6; i++) {
        expected[i] = mean(trial.input(), 5, 7, i, new int[] {0, 5, 0, 7});
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 4, 6, 8",
    "3, 4, 7, 9",
    "4, 4, 15, 14",
    "7, 8, 3, 5",
    "1, 1, 5, 3",
    "10, 4, 9, 3"
  })
  void takesTheNearestPixel(int h, int w, int rows, int columns) {
    Layer resize =
        (context, x) ->
            Resize.NEAREST.to(context.tf(), x, context.tf().constant(new int[] {rows, columns}));
    try (LayerTrial trial = LayerTrial.training(resize, Shape.of(2, h, w, 3))) {
      double[] expected = new double[2 * rows * columns * 3];
      for (int i = 0; i < expected.length; i++) {
        int column = i / 3 % columns * w / columns;
        int row = i / (3 * columns) % rows * h / rows;
        int n = i / (3 * columns * rows);
        expected[i] = trial.input()[((n * h + row) * w + column) * 3 + i % 3];
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
    }
    Layer byIndex = (context, x) -> Resize.nearestByIndex(context.tf(), x, rows, columns);
    try (LayerTrial trial = LayerTrial.training(resize, Shape.of(2, h, w, 3));
        LayerTrial other = LayerTrial.training(byIndex, Shape.of(2, h, w, 3))) {
      assertThat(other.output()).isEqualTo(trial.output());
    }
  }

  @Test
  void resizesLinearlyBetweenPixelCentres() {
    // A row of 0, 1, 2, 3 doubled: PyTorch's interpolate(scale_factor=2, align_corners=False).
    Layer resize =
        (context, x) ->
            Resize.BILINEAR.to(context.tf(), x, context.tf().constant(new int[] {1, 8}));
    try (LayerTrial trial =
        LayerTrial.of(resize, Tower.training(), Shape.of(1, 1, 4, 1), 0f, 1f, 2f, 3f)) {
      ArrayAssertions.assertClose(
          trial.output(), new double[] {0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3});
      trial.checkGradients();
    }
  }

  @Test
  void resizesToTheSizeOfAnotherMap() {
    for (Resize resize : Resize.values()) {
      Layer up =
          (context, x) ->
              resize.like(
                  context.tf(),
                  x,
                  context
                      .tf()
                      .zeros(context.tf().constant(new int[] {1, 5, 6, 2}), TFloat32.class));
      try (LayerTrial trial = LayerTrial.training(up, Shape.of(2, 3, 4, 3))) {
        assertThat(trial.shape()).isEqualTo(Shape.of(2, 5, 6, 3));
        trial.checkGradients();
      }
    }
  }

  @Test
  void rejectsMismatches() {
    assertThatThrownBy(() -> new AdaptiveAveragePool(0)).hasMessageContaining("size");
    assertThatThrownBy(() -> new MaxPool(3, 0, 1)).hasMessageContaining("stride");
    assertThatThrownBy(() -> new MaxPool(3, 1, 3)).hasMessageContaining("padding");
    assertThatThrownBy(() -> new AveragePool(3, 2, 0, true)).hasMessageContaining("ceiling");
    Shape small = Shape.of(1, 4, 2, 3);
    assertThatThrownBy(() -> LayerTrial.training(new MaxPool(3, 2, 0), small))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("size: a window of 3×3 with padding 0 does not fit");
    assertThatThrownBy(() -> LayerTrial.training(AveragePool.of(3), small))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("size:");
  }
}
