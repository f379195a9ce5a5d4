package dev.recal.ops.testing;

import dev.recal.ops.conv.Padding;

/** Convolution and its padding in plain loops and double precision. */
public final class Reference {

  private Reference() {}

  /**
   * Rows and columns of pixels that a padding adds before, and of results.
   *
   * @param before pixels added before
   * @param results sizes of the result
   */
  public record Border(int before, int results) {

    /** Computes them for one dimension from the padding's definition. */
    public static Border of(Padding padding, int size, int kernel, int stride, int dilation) {
      int reach = dilation * (kernel - 1);
      if (padding == Padding.SAME) {
        int results = (size + stride - 1) / stride;
        int total = Math.max(0, (results - 1) * stride + reach + 1 - size);
        return new Border(total / 2, results);
      }
      int before;
      int total;
      if (padding instanceof Padding.Pixels own) {
        before = own.pixels();
        total = 2 * before;
      } else {
        before = padding == Padding.CENTRED ? reach / 2 : 0;
        total = padding == Padding.CENTRED ? reach : 0;
      }
      return new Border(before, (size + total - reach - 1) / stride + 1);
    }
  }

  /**
   * A convolution.
   *
   * @param x (n, h, w, c)
   * @param xs its sizes
   * @param kernel (kernel, kernel, c / groups, o)
   */
  public static double[] convolve(
      float[] x,
      int[] xs,
      float[] kernel,
      int size,
      int out,
      int stride,
      Padding padding,
      int dilation,
      int groups) {
    Border rows = Border.of(padding, xs[1], size, stride, dilation);
    Border columns = Border.of(padding, xs[2], size, stride, dilation);
    int depth = xs[3] / groups;
    double[] y = new double[xs[0] * rows.results() * columns.results() * out];
    int index = 0;
    for (int n = 0; n < xs[0]; n++) {
      for (int i = 0; i < rows.results(); i++) {
        for (int j = 0; j < columns.results(); j++) {
          for (int o = 0; o < out; o++, index++) {
            int first = o / (out / groups) * depth;
            for (int a = 0; a < size; a++) {
              for (int b = 0; b < size; b++) {
                int row = i * stride - rows.before() + a * dilation;
                int column = j * stride - columns.before() + b * dilation;
                if (row < 0 || row >= xs[1] || column < 0 || column >= xs[2]) {
                  continue;
                }
                for (int c = 0; c < depth; c++) {
                  y[index] +=
                      (double) x[((n * xs[1] + row) * xs[2] + column) * xs[3] + first + c]
                          * kernel[((a * size + b) * depth + c) * out + o];
                }
              }
            }
          }
        }
      }
    }
    return y;
  }
}
