package dev.recal.ops.recalibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.ops.Tower;
import dev.recal.ops.testing.ArrayAssertions;
import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

/** ECA and CBAM against plain loops. */
class AttentionTest {

  private static final Shape MAP = Shape.of(2, 5, 4, 6);
  private static final int PIXELS = 20;
  private static final int CHANNELS = 6;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 9})
  void ecaConvolvesTheMeansOfTheChannels(int kernel) {
    EfficientChannelAttention layer = new EfficientChannelAttention(kernel);
    try (LayerTrial trial = LayerTrial.inference(layer, MAP).scatter()) {
      float[] x = trial.input();
      float[] taps = trial.variable("conv/kernel");
      double[][] means = pooled(x, false);
      double[] expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        double logit = 0;
        for (int t = 0; t < taps.length; t++) {
          int c = i % CHANNELS + t - taps.length / 2;
          if (c >= 0 && c < CHANNELS) {
            logit += taps[t] * means[i / (PIXELS * CHANNELS)][c];
          }
        }
        expected[i] = x[i] * sigmoid(logit);
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
    }
  }

  // (log₂C + 1) / 2, down to a whole number and up to an odd one.
  @ParameterizedTest
  @CsvSource({
    "1, 1", "2, 1", "4, 1", "8, 3", "16, 3", "64, 3", "128, 5", "256, 5", "512, 5", "1024, 5",
    "2048, 7"
  })
  void ecaAdaptsItsKernel(int channels, int taps) {
    try (LayerTrial trial =
        LayerTrial.inference(EfficientChannelAttention.defaults(), Shape.of(1, 1, 1, channels))) {
      assertThat(trial.parameters()).isEqualTo(taps);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cbamGatesChannelsAndThenPixels(boolean training) {
    Tower tower = training ? Tower.training() : Tower.inference();
    ConvolutionalBlockAttention layer = new ConvolutionalBlockAttention(2, true, 3);
    try (LayerTrial trial = LayerTrial.of(layer, tower, MAP, LayerTrial.normal(MAP)).scatter()) {
      float[] x = trial.input();
      double[][] gates = channelGates(trial);
      double[] z = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        z[i] = x[i] * gates[i / (PIXELS * CHANNELS)][i % CHANNELS];
      }
      double[] spatial = spatialGates(trial, z, training);
      double[] expected = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        expected[i] = z[i] * spatial[i / CHANNELS];
      }
      ArrayAssertions.assertClose(trial.output(), expected);
      trial.checkGradients();
      assertThat(trial.context().published().keySet())
          .containsExactly("channel/gate", "spatial/gate");
    }
  }

  private static double[][] channelGates(LayerTrial trial) {
    double[][] gates = new double[2][CHANNELS];
    for (boolean maximum : List.of(false, true)) {
      double[][] pooled = pooled(trial.input(), maximum);
      for (int n = 0; n < 2; n++) {
        double[] hidden =
            dense(
                pooled[n],
                trial.variable("channel/reduce/kernel"),
                trial.variable("channel/reduce/bias"));
        double[] inner = Arrays.stream(hidden).map(t -> Math.max(t, 0)).toArray();
        double[] logits =
            dense(
                inner,
                trial.variable("channel/expand/kernel"),
                trial.variable("channel/expand/bias"));
        for (int c = 0; c < CHANNELS; c++) {
          gates[n][c] += logits[c];
        }
      }
    }
    return Arrays.stream(gates)
        .map(row -> Arrays.stream(row).map(AttentionTest::sigmoid).toArray())
        .toArray(double[][]::new);
  }

  private static double[] spatialGates(LayerTrial trial, double[] z, boolean training) {
    float[] kernel = trial.variable("spatial/conv/kernel");
    double[] logits = new double[2 * PIXELS];
    for (int p = 0; p < logits.length; p++) {
      int row = p % PIXELS / 4;
      int column = p % 4;
      for (int tap = 0; tap < 9; tap++) {
        int i = row + tap / 3 - 1;
        int j = column + tap % 3 - 1;
        if (i < 0 || i >= 5 || j < 0 || j >= 4) {
          continue;
        }
        int from = (p / PIXELS * PIXELS + i * 4 + j) * CHANNELS;
        double[] values = Arrays.copyOfRange(z, from, from + CHANNELS);
        logits[p] += kernel[2 * tap] * Arrays.stream(values).max().orElseThrow();
        logits[p] += kernel[2 * tap + 1] * Arrays.stream(values).average().orElseThrow();
      }
    }
    double mean = trial.variable("spatial/bn/moving_mean")[0];
    double variance = trial.variable("spatial/bn/moving_variance")[0];
    if (training) {
      double own = Arrays.stream(logits).average().orElseThrow();
      mean = own;
      variance = Arrays.stream(logits).map(t -> (t - own) * (t - own)).average().orElseThrow();
    }
    double scale = trial.variable("spatial/bn/gamma")[0] / Math.sqrt(variance + 1e-5);
    double offset = trial.variable("spatial/bn/beta")[0] - scale * mean;
    return Arrays.stream(logits).map(t -> sigmoid(scale * t + offset)).toArray();
  }

  private static double[][] pooled(float[] x, boolean maximum) {
    double[][] pooled = new double[2][CHANNELS];
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < CHANNELS; c++) {
        double sum = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int p = 0; p < PIXELS; p++) {
          double value = x[(n * PIXELS + p) * CHANNELS + c];
          sum += value;
          largest = Math.max(largest, value);
        }
        pooled[n][c] = maximum ? largest : sum / PIXELS;
      }
    }
    return pooled;
  }

  private static double[] dense(double[] in, float[] kernel, float[] bias) {
    double[] out = new double[bias.length];
    for (int o = 0; o < out.length; o++) {
      out[o] = bias[o];
      for (int i = 0; i < in.length; i++) {
        out[o] += in[i] * kernel[i * out.length + o];
      }
    }
    return out;
  }

  private static double sigmoid(double t) {
    return 1 / (1 + Math.exp(-t));
  }

  @Test
  void cbamStaysFiniteOnConstantMapsAndSinglePixels() {
    ConvolutionalBlockAttention layer = ConvolutionalBlockAttention.defaults();
    float[] constant = new float[2 * 3 * 3 * 6];
    Arrays.fill(constant, 4f);
    try (LayerTrial flat =
            LayerTrial.of(layer, Tower.training(), Shape.of(2, 3, 3, 6), constant).scatter();
        LayerTrial single = LayerTrial.training(layer, Shape.of(1, 1, 1, 6)).scatter()) {
      flat.checkFinite();
      single.checkFinite();
    }
  }

  // Official: 2C²/r + C + C/r of the perceptron, 2·7² of the convolution, 2 of the batch norm.
  @ParameterizedTest
  @CsvSource({"true, 680", "false, 612"})
  void cbamCountsItsParameters(boolean bias, long parameters) {
    ConvolutionalBlockAttention layer = new ConvolutionalBlockAttention(16, bias, 7);
    try (LayerTrial trial = LayerTrial.training(layer, Shape.of(1, 8, 8, 64))) {
      assertThat(trial.parameters()).isEqualTo(parameters);
    }
  }

  @Test
  void supportMapsOfUnknownSize() {
    ConvolutionalBlockAttention cbam = ConvolutionalBlockAttention.defaults();
    EfficientChannelAttention eca = EfficientChannelAttention.defaults();
    try (LayerTrial known = LayerTrial.inference(cbam, MAP);
        LayerTrial unknown = LayerTrial.dynamic(cbam, MAP);
        LayerTrial knownChannels = LayerTrial.inference(eca, MAP);
        LayerTrial unknownChannels = LayerTrial.dynamic(eca, MAP)) {
      assertThat(unknown.output()).isEqualTo(known.output());
      assertThat(unknownChannels.output()).isEqualTo(knownChannels.output());
    }
  }

  @Test
  void rejectInvalidModule() {
    assertThatThrownBy(() -> new EfficientChannelAttention(4))
        .hasMessage("kernel: expected an odd number of at least 1, but got 4.");
    assertThatThrownBy(() -> new EfficientChannelAttention(-1)).hasMessageContaining("kernel");
    assertThatThrownBy(() -> new ConvolutionalBlockAttention(0, true, 7))
        .hasMessageContaining("reduction");
    assertThatThrownBy(() -> new ConvolutionalBlockAttention(16, true, 0))
        .hasMessageContaining("kernel");
  }
}
