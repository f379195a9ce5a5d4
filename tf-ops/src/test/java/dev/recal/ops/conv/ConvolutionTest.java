package dev.recal.ops.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.BuildContext;
import dev.recal.ops.Layer;
import dev.recal.ops.Tower;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import dev.recal.ops.testing.Reference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class ConvolutionTest {

  private static final Shape MAP = Shape.of(2, 7, 8, 4);

  /** One setting of a convolution with 6 output channels, or of a depthwise one. */
  record Case(int kernel, int stride, Padding padding, int dilation, int groups) {
    Window window() {
      return new Window(kernel, kernel, stride, padding, dilation);
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Padding padding :
        List.of(Padding.SAME, Padding.VALID, Padding.CENTRED, Padding.pixels(2))) {
      for (int stride : List.of(1, 2)) {
        for (int dilation : List.of(1, 2)) {
          if (padding == Padding.SAME && stride > 1 && dilation > 1) {
            continue;
          }
          cases.add(new Case(3, stride, padding, dilation, 1));
          cases.add(new Case(2, stride, padding, dilation, 2));
        }
      }
    }
    cases.add(new Case(1, 2, Padding.CENTRED, 1, 1));
    cases.add(new Case(1, 2, Padding.SAME, 1, 1));
    cases.add(new Case(1, 3, Padding.VALID, 1, 1));
    cases.add(new Case(1, 2, Padding.pixels(1), 1, 2));
    cases.add(new Case(3, 3, Padding.CENTRED, 2, 1));
    cases.add(new Case(3, 1, Padding.CENTRED, 3, 2));
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void convolves(Case setting) {
    Conv2d layer = Conv2d.of(6, 1).window(setting.window()).groups(setting.groups()).biased();
    try (LayerTrial trial = LayerTrial.training(layer, MAP).scatter()) {
      double[] expected =
          Reference.convolve(
              trial.input(),
              new int[] {2, 7, 8, 4},
              trial.variable("kernel"),
              setting.kernel(),
              6,
              setting.stride(),
              setting.padding(),
              setting.dilation(),
              setting.groups());
      float[] bias = trial.variable("bias");
      for (int i = 0; i < expected.length; i++) {
        expected[i] += bias[i % 6];
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      assertThat(trial.shape().size()).as("static size").isEqualTo(expected.length);
      trial.checkGradients();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void convolvesEachChannel(Case setting) {
    DepthwiseConv2d layer = new DepthwiseConv2d(setting.window(), false, Initializer.ones());
    try (LayerTrial trial = LayerTrial.training(layer, MAP).scatter()) {
      ArrayAssertions.assertClose(
          trial.output(),
          Reference.convolve(
              trial.input(),
              new int[] {2, 7, 8, 4},
              trial.variable("kernel"),
              setting.kernel(),
              4,
              setting.stride(),
              setting.padding(),
              setting.dilation(),
              4));
      trial.checkGradients();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void reflectsTheBorder(int stride) {
    Conv2d layer = Conv2d.of(6, 3).padding(Padding.REFLECTED).stride(stride);
    try (LayerTrial trial = LayerTrial.training(layer, MAP).scatter()) {
      double[] expected =
          Reference.convolve(
              mirrored(trial.input()),
              new int[] {2, 9, 10, 4},
              trial.variable("kernel"),
              3,
              6,
              stride,
              Padding.VALID,
              1,
              1);
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
    }
  }

  // Of (2, 7, 8, 4), by one pixel; the border's own pixels are not repeated.
  private static float[] mirrored(float[] map) {
    float[] larger = new float[2 * 9 * 10 * 4];
    for (int i = 0; i < larger.length; i++) {
      int row = 6 - Math.abs(6 - Math.abs(i / 40 % 9 - 1));
      int column = 7 - Math.abs(7 - Math.abs(i / 4 % 10 - 1));
      larger[i] = map[((i / 360 * 7 + row) * 8 + column) * 4 + i % 4];
    }
    return larger;
  }

  @Test
  void mapsThatAreTooSmallToReflectAreRefused() {
    Conv2d layer = Conv2d.of(6, 9).padding(Padding.REFLECTED);
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 0), Tower.serving());
      var x =
          Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 4, 9, 3)));
      assertThatThrownBy(() -> layer.build(context, x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "padding: 4 reflected pixels need a larger map than [1, 4, 9, 3]");
    }
  }

  @Test
  void dilatesMapsOfUnknownSize() {
    Conv2d layer = Conv2d.of(6, 3).dilation(3);
    try (LayerTrial trial = LayerTrial.dynamic(layer, MAP).scatter()) {
      ArrayAssertions.assertClose(
          trial.output(),
          Reference.convolve(
              trial.input(),
              new int[] {2, 7, 8, 4},
              trial.variable("kernel"),
              3,
              6,
              1,
              Padding.CENTRED,
              3,
              1));
    }
  }

  @Test
  void keepsTheKnownSizeOfADilatedMapWhoseBatchIsFree() {
    try (Graph graph = new Graph()) {
      BuildContext context = BuildContext.of(new VariableStore(graph, 0), Tower.serving());
      Shape free = Shape.of(-1, 7, 8, 4);
      var x = Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(free));
      Layer layer = Conv2d.of(6, 3).dilation(3);
      assertThat(layer.build(context, x).shape().asArray()).containsExactly(-1, 7, 8, 6);
    }
  }

  static List<TransposedConv2d> transposed() {
    List<TransposedConv2d> layers = new ArrayList<>();
    for (int stride : List.of(1, 2, 3)) {
      layers.add(TransposedConv2d.of(3, 4, stride));
      layers.add(new TransposedConv2d(3, 4, stride, 1, true, Initializer.ones()));
    }
    return layers;
  }

  // Every value of the input spreads over a window of the result.
  @ParameterizedTest
  @MethodSource("transposed")
  void transposes(TransposedConv2d layer) {
    int rows = 2 * layer.stride() + layer.kernel() - 2 * layer.padding();
    int columns = 3 * layer.stride() + layer.kernel() - 2 * layer.padding();
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(2, 3, 4, 2)).scatter()) {
      float[] x = trial.input();
      float[] kernel = trial.variable("kernel");
      float[] bias = layer.bias() ? trial.variable("bias") : new float[3];
      double[] expected = new double[2 * rows * columns * 3];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = bias[i % 3];
      }
      for (int i = 0; i < x.length; i++) {
        int c = i % 2;
        int column = i / 2 % 4;
        int row = i / 8 % 3;
        int n = i / 24;
        for (int k = 0; k < kernel.length; k += 2) {
          int o = k / 2 % 3;
          int toColumn = column * layer.stride() + k / 6 % 4 - layer.padding();
          int toRow = row * layer.stride() + k / 24 - layer.padding();
          if (toRow >= 0 && toRow < rows && toColumn >= 0 && toColumn < columns) {
            expected[((n * rows + toRow) * columns + toColumn) * 3 + o] +=
                (double) x[i] * kernel[k + c];
          }
        }
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      assertThat(trial.shape()).isEqualTo(Shape.of(2, rows, columns, 3));
      trial.checkGradients();
    }
  }

  @Test
  void multipliesMatrices() {
    try (LayerTrial trial = LayerTrial.training(Dense.of(3), Shape.of(4, 5)).scatter()) {
      float[] kernel = trial.variable("kernel");
      float[] bias = trial.variable("bias");
      double[] expected = new double[12];
      for (int i = 0; i < 12; i++) {
        expected[i] = bias[i % 3];
        for (int c = 0; c < 5; c++) {
          expected[i] += (double) trial.input()[i / 3 * 5 + c] * kernel[c * 3 + i % 3];
        }
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
    }
  }

  @Test
  void rejectsMismatches() {
    refused(Conv2d.of(4, 3).padding(Padding.VALID), Shape.of(1, 2, 5, 4), "kernel: a window of");
    refused(Conv2d.of(4, 3).groups(4), Shape.of(1, 5, 5, 6), "groups: expected a divisor of the 6");
    refused(Conv2d.of(4, 3), Shape.of(5, 6), "x: expected a feature map");
    refused(Conv2d.of(4, 3), Shape.of(1, 5, 5, -1), "statically known number of channels");
    refused(Dense.of(4), Shape.of(1, 5, 5, 6), "x: expected a matrix");
    assertThatThrownBy(() -> Conv2d.of(0, 3))
        .hasMessage("channels: expected at least 1, but got 0.");
    assertThatThrownBy(() -> Conv2d.of(4, 3).stride(0)).hasMessageContaining("stride");
    assertThatThrownBy(() -> Conv2d.of(6, 3).groups(4)).hasMessageContaining("output channels");
    assertThatThrownBy(() -> Conv2d.of(4, 3).padding(Padding.SAME).stride(2).dilation(2))
        .hasMessageContaining("SAME");
    assertThatThrownBy(() -> Padding.pixels(-1)).hasMessageContaining("pixels");
    assertThatThrownBy(() -> new TransposedConv2d(3, 4, 2, 2, false, Initializer.ones()))
        .hasMessageContaining("half of the kernel");
  }

  private static void refused(Layer layer, Shape shape, String message) {
    assertThatThrownBy(() -> LayerTrial.of(layer, Tower.inference(), shape))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
