package dev.recal.ops.norm;

import dev.recal.ops.testing.LayerTrial;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Attentive norm in plain loops and double precision, in training or inference. */
final class AttentiveReference {

  private final AttentiveNorm norm;
  private final LayerTrial trial;
  private final boolean training;
  private final int images;
  private final int pixels;
  private final int channels;
  private final float[] x;

  AttentiveReference(
      AttentiveNorm norm, LayerTrial trial, boolean training, int images, int pixels) {
    this.norm = norm;
    this.trial = trial;
    this.training = training;
    this.images = images;
    this.pixels = pixels;
    this.x = trial.input();
    this.channels = x.length / images / pixels;
  }

  double[] output() {
    double[] weights = weights();
    double[] plain = plain();
    float[] gamma = trial.variable("gamma");
    float[] beta = trial.variable("beta");
    int k = norm.components();
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int n = i / (pixels * channels);
      int c = i % channels;
      double scale = 0;
      double offset = 0;
      for (int j = 0; j < k; j++) {
        scale += weights[n * k + j] * gamma[j * channels + c];
        offset += weights[n * k + j] * beta[j * channels + c];
      }
      y[i] = scale * plain[i] + offset;
    }
    return y;
  }

  private double[] plain() {
    int groups =
        switch (norm.base()) {
          case BATCH -> 0;
          case GROUP -> norm.groups();
          case INSTANCE -> channels;
          case LAYER -> 1;
        };
    double[] y = new double[x.length];
    if (groups == 0) {
      double[] values = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        values[i] = x[i];
      }
      return batch(values, channels, "norm/", false);
    }
    int sets = images * groups;
    double[] sum = new double[sets];
    double[] squares = new double[sets];
    double size = (double) pixels * channels / groups;
    for (int i = 0; i < x.length; i++) {
      sum[set(i, groups)] += x[i] / size;
    }
    for (int i = 0; i < x.length; i++) {
      squares[set(i, groups)] += Math.pow(x[i] - sum[set(i, groups)], 2) / size;
    }
    for (int i = 0; i < x.length; i++) {
      int s = set(i, groups);
      y[i] = (x[i] - sum[s]) / Math.sqrt(squares[s] + norm.epsilon());
    }
    return y;
  }

  private int set(int i, int groups) {
    return i / (pixels * channels) * groups + i % channels / (channels / groups);
  }

  private double[] pooled() {
    double[] a = new double[images * channels];
    for (int i = 0; i < a.length; i++) {
      int first = i / channels * pixels * channels + i % channels;
      double mean = 0;
      for (int p = 0; p < pixels; p++) {
        mean += (double) x[first + p * channels] / pixels;
      }
      double squares = 0;
      for (int p = 0; p < pixels; p++) {
        squares += Math.pow(x[first + p * channels] - mean, 2);
      }
      double variance = pixels == 1 ? 0 : squares / (pixels - 1);
      boolean plain = norm.pooling() == AttentiveNorm.Pooling.MEAN;
      a[i] = plain ? mean : mean / Math.sqrt(variance + 1e-3);
    }
    return a;
  }

  private double[] weights() {
    double[] a = pooled();
    int k = norm.components();
    return switch (norm.effectiveAttention()) {
      case SIGMOID -> sigmoid(dense(a, "", k, true));
      case HSIGMOID -> hard(dense(a, "", k, true));
      case MLP_SIGMOID ->
          sigmoid(dense(relu(dense(a, "reduce/", 2 * k, true)), "expand/", k, true));
      case BN_HSIGMOID -> hard(normal(dense(a, "", k, false), "", k));
      case BN_SIGMOID -> sigmoid(normal(dense(a, "", k, false), "", k));
      case BN_SOFTMAX -> softmax(normal(dense(a, "", k, false), "", k), k);
      case MLP_BN_HSIGMOID -> {
        double[] inner = relu(normal(dense(a, "reduce/", 2 * k, false), "reduce/", 2 * k));
        yield hard(normal(dense(inner, "expand/", k, false), "expand/", k));
      }
      case GN_HSIGMOID -> hard(grouped(dense(a, "", k, false), k));
    };
  }

  private double[] dense(double[] in, String scope, int features, boolean bias) {
    float[] kernel = trial.variable("attention/" + scope + "kernel");
    int inputs = in.length / images;
    double[] out = new double[images * features];
    for (int n = 0; n < images; n++) {
      for (int f = 0; f < features; f++) {
        for (int i = 0; i < inputs; i++) {
          out[n * features + f] += in[n * inputs + i] * kernel[i * features + f];
        }
        if (bias) {
          out[n * features + f] += trial.variable("attention/" + scope + "bias")[f];
        }
      }
    }
    return out;
  }

  private double[] normal(double[] in, String scope, int features) {
    return batch(in, features, "attention/" + scope + "bn/", true);
  }

  private double[] batch(double[] in, int features, String scope, boolean affine) {
    double[] out = new double[in.length];
    int count = in.length / features;
    for (int f = 0; f < features; f++) {
      double mean = 0;
      double variance = 0;
      if (training) {
        for (int i = f; i < in.length; i += features) {
          mean += in[i] / count;
        }
        for (int i = f; i < in.length; i += features) {
          variance += Math.pow(in[i] - mean, 2) / count;
        }
      } else {
        mean = trial.variable(scope + "moving_mean")[f];
        variance = trial.variable(scope + "moving_variance")[f];
      }
      for (int i = f; i < in.length; i += features) {
        out[i] = (in[i] - mean) / Math.sqrt(variance + norm.epsilon());
        if (affine) {
          out[i] = out[i] * trial.variable(scope + "gamma")[f] + trial.variable(scope + "beta")[f];
        }
      }
    }
    return out;
  }

  private double[] grouped(double[] in, int k) {
    float[] gamma = trial.variable("attention/gn/gamma");
    float[] beta = trial.variable("attention/gn/beta");
    double[] out = new double[in.length];
    for (int n = 0; n < images; n++) {
      double mean = 0;
      double variance = 0;
      for (int j = 0; j < k; j++) {
        mean += in[n * k + j] / k;
      }
      for (int j = 0; j < k; j++) {
        variance += Math.pow(in[n * k + j] - mean, 2) / k;
      }
      for (int j = 0; j < k; j++) {
        double plain = (in[n * k + j] - mean) / Math.sqrt(variance + norm.epsilon());
        out[n * k + j] = plain * gamma[j] + beta[j];
      }
    }
    return out;
  }

  private static double[] softmax(double[] in, int k) {
    double[] out = new double[in.length];
    for (int n = 0; n < in.length; n += k) {
      double sum = 0;
      for (int j = 0; j < k; j++) {
        sum += Math.exp(in[n + j]);
      }
      for (int j = 0; j < k; j++) {
        out[n + j] = Math.exp(in[n + j]) / sum;
      }
    }
    return out;
  }

  private static double[] sigmoid(double[] in) {
    return each(in, t -> 1 / (1 + Math.exp(-t)));
  }

  private static double[] hard(double[] in) {
    return each(in, t -> Math.min(Math.max(t + 3, 0), 6) / 6);
  }

  private static double[] relu(double[] in) {
    return each(in, t -> Math.max(t, 0));
  }

  private static double[] each(double[] in, DoubleUnaryOperator function) {
    return Arrays.stream(in).map(function).toArray();
  }
}
