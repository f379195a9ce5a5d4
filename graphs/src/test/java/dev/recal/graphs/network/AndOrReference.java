package dev.recal.graphs.network;

import java.util.Arrays;
import java.util.Map;

/**
 * A block of an and-or net by its equations, in plain Java and double precision; for batch norms as
 * they are initialised, with moving means of 0 and variances of 1. Maps are (pixels, channels).
 */
final class AndOrReference {

  private static final double EPSILON = 1e-5;

  private final Map<String, float[]> weights;
  private final String scope;
  private final int side;
  private final int slices;
  private final boolean residual;

  /**
   * Reads the block's weights.
   *
   * @param weights by their variables' names
   * @param scope of the block, with a slash at the end
   * @param side rows and columns of the map
   * @param residual whether OR-nodes add their sum to the result of their node operation
   */
  AndOrReference(
      Map<String, float[]> weights, String scope, int side, int slices, boolean residual) {
    this.weights = weights;
    this.scope = scope;
    this.side = side;
    this.slices = slices;
    this.residual = residual;
  }

  static double[][] pixels(float[] map, int count) {
    double[][] pixels = new double[count][map.length / count];
    for (int i = 0; i < map.length; i++) {
      pixels[i / pixels[0].length][i % pixels[0].length] = map[i];
    }
    return pixels;
  }

  double[][] block(double[][] x) {
    return or(x, 0, slices - 1);
  }

  private double[][] or(double[][] x, int i, int j) {
    int each = x[0].length / slices;
    String name = i + "-" + j;
    double[][] sum = new double[x.length][];
    for (int p = 0; p < x.length; p++) {
      sum[p] = Arrays.copyOfRange(x[p], i * each, (j + 1) * each);
    }
    sum = node("t" + name, sum, false);
    if (i == j) {
      return sum;
    }
    for (int k = 1; k <= (j - i + 1) / 2; k++) {
      double[][] left = or(x, i, i + k - 1);
      double[][] right = or(x, i + k, j);
      double[][] joined = new double[x.length][left[0].length + right[0].length];
      for (int p = 0; p < x.length; p++) {
        System.arraycopy(left[p], 0, joined[p], 0, left[p].length);
        System.arraycopy(right[p], 0, joined[p], left[p].length, right[p].length);
      }
      double[][] and = node("and" + name + "-" + k, joined, false);
      for (int p = 0; p < x.length; p++) {
        for (int c = 0; c < sum[p].length; c++) {
          sum[p][c] += and[p][c];
        }
      }
    }
    return node("or" + name, sum, residual);
  }

  private double[][] node(String name, double[][] x, boolean adds) {
    double[][] y = rectified(normalised(name + "/bn1", convolved(name + "/conv1", x, 1)));
    y = rectified(normalised(name + "/bn2", convolved(name + "/conv2", y, 3)));
    y = normalised(name + "/bn3", convolved(name + "/conv3", y, 1));
    for (int p = 0; adds && p < x.length; p++) {
      for (int c = 0; c < x[p].length; c++) {
        y[p][c] += x[p][c];
      }
    }
    return rectified(y);
  }

  private static double[][] rectified(double[][] x) {
    for (double[] pixel : x) {
      for (int c = 0; c < pixel.length; c++) {
        pixel[c] = Math.max(0, pixel[c]);
      }
    }
    return x;
  }

  private double[][] normalised(String name, double[][] x) {
    float[] gamma = weights.get(scope + name + "/gamma");
    float[] beta = weights.get(scope + name + "/beta");
    for (double[] pixel : x) {
      for (int c = 0; c < pixel.length; c++) {
        pixel[c] = gamma[c] * pixel[c] / Math.sqrt(1 + EPSILON) + beta[c];
      }
    }
    return x;
  }

  // Zeros around the map; the kernel is (rows, columns, inputs, outputs).
  private double[][] convolved(String name, double[][] x, int size) {
    float[] kernel = weights.get(scope + name + "/kernel");
    int inputs = x[0].length;
    int outputs = kernel.length / (size * size * inputs);
    double[][] y = new double[x.length][outputs];
    for (int pixel = 0; pixel < x.length; pixel++) {
      for (int tap = 0; tap < size * size; tap++) {
        int row = pixel / side + tap / size - size / 2;
        int column = pixel % side + tap % size - size / 2;
        if (row < 0 || row >= side || column < 0 || column >= side) {
          continue;
        }
        for (int c = 0; c < inputs; c++) {
          double value = x[row * side + column][c];
          for (int o = 0; o < outputs; o++) {
            y[pixel][o] += value * kernel[(tap * inputs + c) * outputs + o];
          }
        }
      }
    }
    return y;
  }
}
