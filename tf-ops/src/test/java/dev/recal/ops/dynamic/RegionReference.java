package dev.recal.ops.dynamic;

import dev.recal.ops.conv.Padding;
import dev.recal.ops.dynamic.DynamicRegionConv.Generator;
import dev.recal.ops.testing.LayerTrial;
import dev.recal.ops.testing.Reference;
import java.util.Arrays;

/**
 * Region-aware convolution from its equations in plain loops and double precision: every filter
 * written out, every pixel with every filter.
 *
 * @param layer the settings, with padding and filters given
 * @param trial variables and input
 * @param xs the input's sizes
 */
record RegionReference(DynamicRegionConv layer, LayerTrial trial, int[] xs) {

  private static double sigmoid(double value) {
    return 1 / (1 + Math.exp(-value));
  }

  private Padding padding() {
    return Padding.pixels(layer.padding().orElseThrow());
  }

  /** H' or W'. */
  int results(int size) {
    return Reference.Border.of(padding(), size, layer.kernel(), layer.stride(), layer.dilation())
        .results();
  }

  /** (N, H', W', m): the layer's own guide. */
  double[] guide() {
    boolean pooled = layer.generator() == Generator.POOLED;
    double[] guide =
        Reference.convolve(
            trial.input(),
            xs,
            trial.variable("guide/kernel"),
            pooled ? layer.kernel() : 1,
            layer.regions(),
            pooled ? layer.stride() : 1,
            pooled ? padding() : Padding.VALID,
            pooled ? layer.dilation() : 1,
            1);
    if (pooled) {
      float[] bias = trial.variable("guide/bias");
      Arrays.setAll(guide, i -> guide[i] + bias[i % bias.length]);
    }
    return guide;
  }

  /** The guide at the output's size. */
  double[] resized(double[] guide, int height, int width) {
    int m = layer.regions();
    int rows = results(xs[1]);
    int columns = results(xs[2]);
    double[] resized = new double[xs[0] * rows * columns * m];
    for (int i = 0; i < resized.length; i++) {
      int pixel = i / m;
      int row = pixel / columns % rows * height / rows;
      int column = pixel % columns * width / columns;
      int image = pixel / columns / rows;
      resized[i] = guide[((image * height + row) * width + column) * m + i % m];
    }
    return resized;
  }

  /** (k, k, C, O) of one image and region. */
  float[] filter(int image, int region) {
    return layer.generator() == Generator.POOLED ? pooled(image, region) : mixture(image, region);
  }

  private float[] pooled(int image, int region) {
    int k = layer.kernel();
    int m = layer.regions();
    int c = xs[3];
    float[] squeeze = trial.variable("generator/squeeze/kernel");
    float[] squeezeBias = trial.variable("generator/squeeze/bias");
    float[] expand = trial.variable("generator/expand/kernel");
    float[] expandBias = trial.variable("generator/expand/bias");
    float[] filter = new float[k * k * c * layer.filters()];
    int index = 0;
    for (int tap = 0; tap < k * k; tap++) {
      double[] mean = cell(image, tap / k, tap % k);
      double[] hidden = new double[m];
      for (int i = 0; i < m; i++) {
        double sum = squeezeBias[region * m + i];
        for (int in = 0; in < c; in++) {
          sum += mean[in] * squeeze[in * m * m + region * m + i];
        }
        hidden[i] = sigmoid(sum);
      }
      for (int in = 0; in < c; in++) {
        for (int out = 0; out < layer.filters(); out++, index++) {
          int channel = (region * layer.filters() + out) * c + in;
          double value = expandBias[channel];
          for (int i = 0; i < m; i++) {
            value += hidden[i] * expand[i * expandBias.length + channel];
          }
          filter[index] = (float) value;
        }
      }
    }
    return filter;
  }

  // Adaptive average pooling to k×k.
  private double[] cell(int image, int row, int column) {
    int k = layer.kernel();
    return mean(
        image,
        row * xs[1] / k,
        -Math.floorDiv(-(row + 1) * xs[1], k),
        column * xs[2] / k,
        -Math.floorDiv(-(column + 1) * xs[2], k));
  }

  private double[] mean(int image, int top, int bottom, int left, int right) {
    double[] mean = new double[xs[3]];
    for (int row = top; row < bottom; row++) {
      for (int column = left; column < right; column++) {
        for (int in = 0; in < xs[3]; in++) {
          mean[in] +=
              trial.input()[((image * xs[1] + row) * xs[2] + column) * xs[3] + in]
                  / (double) ((bottom - top) * (right - left));
        }
      }
    }
    return mean;
  }

  private float[] mixture(int image, int region) {
    int count = layer.experts();
    double[] mean = mean(image, 0, xs[1], 0, xs[2]);
    float[] kernel = trial.variable("routing/kernel");
    float[] bias = trial.variable("routing/bias");
    float[] experts = trial.variable("experts");
    double[] filter = new double[experts.length / count];
    for (int e = 0; e < count; e++) {
      double logit = bias[region * count + e];
      for (int in = 0; in < xs[3]; in++) {
        logit += mean[in] * kernel[in * bias.length + region * count + e];
      }
      double share = 2 * sigmoid(logit) / count;
      for (int i = 0; i < filter.length; i++) {
        filter[i] += share * experts[e * filter.length + i];
      }
    }
    float[] rounded = new float[filter.length];
    for (int i = 0; i < filter.length; i++) {
      rounded[i] = (float) filter[i];
    }
    return rounded;
  }

  /** (m, N, H', W', O): every pixel with every region's filter. */
  double[][] dense() {
    int size = trial.input().length / xs[0];
    int[] one = {1, xs[1], xs[2], xs[3]};
    int perImage = results(xs[1]) * results(xs[2]) * layer.filters();
    double[][] dense = new double[layer.regions()][xs[0] * perImage];
    for (int region = 0; region < layer.regions(); region++) {
      for (int n = 0; n < xs[0]; n++) {
        double[] image =
            Reference.convolve(
                Arrays.copyOfRange(trial.input(), n * size, (n + 1) * size),
                one,
                filter(n, region),
                layer.kernel(),
                layer.filters(),
                layer.stride(),
                padding(),
                layer.dilation(),
                1);
        System.arraycopy(image, 0, dense[region], n * perImage, perImage);
      }
    }
    return dense;
  }

  /** (N, H', W'): the first largest. */
  int[] regions(double[] guide) {
    int m = layer.regions();
    int[] regions = new int[guide.length / m];
    for (int i = 0; i < guide.length; i++) {
      if (guide[i] > guide[i / m * m + regions[i / m]]) {
        regions[i / m] = i % m;
      }
    }
    return regions;
  }

  /** (N, H', W', O). */
  double[] output(double[] guide) {
    int[] regions = regions(guide);
    double[][] dense = dense();
    double[] y = new double[dense[0].length];
    Arrays.setAll(y, i -> dense[regions[i / layer.filters()]][i]);
    return y;
  }

  /** s_j (g_j − Σ_i s_i g_i) at the output's size. */
  double[] guideGradient(double[] guide, float[] upstream) {
    int m = layer.regions();
    double[][] dense = dense();
    double[] gradient = new double[guide.length];
    for (int pixel = 0; pixel < guide.length / m; pixel++) {
      double[] gains = new double[m];
      double[] softmax = new double[m];
      double total = 0;
      double mean = 0;
      for (int j = 0; j < m; j++) {
        softmax[j] = Math.exp(guide[pixel * m + j]);
        total += softmax[j];
        for (int o = pixel * layer.filters(); o < (pixel + 1) * layer.filters(); o++) {
          gains[j] += upstream[o] * dense[j][o];
        }
      }
      for (int j = 0; j < m; j++) {
        mean += softmax[j] / total * gains[j];
      }
      for (int j = 0; j < m; j++) {
        gradient[pixel * m + j] = softmax[j] / total * (gains[j] - mean);
      }
    }
    return gradient;
  }
}
