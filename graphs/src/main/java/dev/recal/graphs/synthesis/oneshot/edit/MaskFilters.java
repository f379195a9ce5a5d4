package dev.recal.graphs.synthesis.oneshot.edit;

import java.util.stream.IntStream;

/** Dilation and smoothing of masks. */
final class MaskFilters {

  // Where the Gaussian is cut off, in standard deviations.
  private static final double TRUNCATE = 4;

  private MaskFilters() {}

  /**
   * Returns the dilation with a disk, dx² + dy² ≤ radius². Outside of the image nothing is
   * selected.
   */
  static boolean[] dilate(boolean[] mask, int height, int width, int radius) {
    int[] distances = rowDistances(mask, height, width);
    boolean[] dilated = new boolean[mask.length];
    IntStream.range(0, height)
        .parallel()
        .forEach(
            y -> {
              int last = (int) Math.min(height - 1L, (long) y + radius);
              for (int row = Math.max(0, y - radius); row <= last; row++) {
                long dy = row - y;
                // The disk's half width in this row; the root of a square is exact.
                int reach = (int) Math.sqrt((double) ((long) radius * radius - dy * dy));
                for (int x = 0; x < width; x++) {
                  dilated[y * width + x] |= distances[row * width + x] <= reach;
                }
              }
            });
    return dilated;
  }

  /** Returns each pixel's distance to the nearest selected pixel of its row. */
  private static int[] rowDistances(boolean[] mask, int height, int width) {
    int[] distances = new int[mask.length];
    for (int y = 0; y < height; y++) {
      int distance = Integer.MAX_VALUE;
      for (int i = y * width; i < (y + 1) * width; i++) {
        distance = mask[i] ? 0 : next(distance);
        distances[i] = distance;
      }
      distance = Integer.MAX_VALUE;
      for (int i = (y + 1) * width - 1; i >= y * width; i--) {
        distance = mask[i] ? 0 : next(distance);
        distances[i] = Math.min(distances[i], distance);
      }
    }
    return distances;
  }

  private static int next(int distance) {
    return distance == Integer.MAX_VALUE ? distance : distance + 1;
  }

  /**
   * Returns a map smoothed with a Gaussian; at the borders the nearest value is repeated. Equal to
   * {@code scipy.ndimage.gaussian_filter} with {@code mode='nearest'} up to rounding.
   */
  static double[] gaussian(double[] map, int height, int width, double sigma) {
    double[] kernel = kernel(sigma);
    double[] columns = new double[map.length];
    IntStream.range(0, height)
        .parallel()
        .forEach(y -> smoothColumns(map, columns, y, height, width, kernel));
    double[] smoothed = new double[map.length];
    IntStream.range(0, height)
        .parallel()
        .forEach(y -> smoothRow(columns, smoothed, y, width, kernel));
    return smoothed;
  }

  private static void smoothColumns(
      double[] map, double[] target, int y, int height, int width, double[] kernel) {
    int radius = kernel.length / 2;
    for (int k = 0; k < kernel.length; k++) {
      int from = Math.max(0, Math.min(height - 1, y + k - radius)) * width;
      double weight = kernel[k];
      for (int x = 0; x < width; x++) {
        target[y * width + x] += weight * map[from + x];
      }
    }
  }

  private static void smoothRow(double[] map, double[] target, int y, int width, double[] kernel) {
    int radius = kernel.length / 2;
    double[] padded = new double[width + 2 * radius];
    for (int i = 0; i < padded.length; i++) {
      padded[i] = map[y * width + Math.max(0, Math.min(width - 1, i - radius))];
    }
    for (int k = 0; k < kernel.length; k++) {
      double weight = kernel[k];
      for (int x = 0; x < width; x++) {
        target[y * width + x] += weight * padded[x + k];
      }
    }
  }

  private static double[] kernel(double sigma) {
    int radius = (int) (TRUNCATE * sigma + 0.5);
    double[] kernel = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < kernel.length; i++) {
      int x = i - radius;
      kernel[i] = Math.exp(-0.5 * x * x / (sigma * sigma));
      sum += kernel[i];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }
}
