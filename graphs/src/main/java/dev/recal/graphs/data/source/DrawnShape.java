package dev.recal.graphs.data.source;

import dev.recal.graphs.data.SplitMix64;
import java.util.function.IntConsumer;

/**
 * A shape at its place in a scene. A pixel belongs to it if the pixel's centre does.
 *
 * @param shape which
 * @param y centre in pixels
 * @param x centre in pixels
 * @param radius of the circle around it in pixels
 * @param sin sine of its rotation
 * @param cos cosine of its rotation
 * @param paint its colours
 */
record DrawnShape(
    SceneShape shape, double y, double x, double radius, double sin, double cos, ShapePaint paint) {
  private static final double MIN_RADIUS = 4;
  private static final double SMALLEST = 0.05;
  private static final double LARGEST = 0.3;

  // Of a pixel's side; the middle one is its centre.
  private static final double[] SAMPLES = {1 / 6.0, 0.5, 5 / 6.0};

  /** A random one, of which at most a quarter of each axis is beyond the border. */
  static DrawnShape random(int height, int width, SplitMix64 random) {
    SceneShape[] all = SceneShape.values();
    SceneShape shape = all[random.nextInt(all.length)];
    int side = Math.min(height, width);
    // As many from a size to its double as from there to its fourfold.
    double relative = SMALLEST * StrictMath.pow(LARGEST / SMALLEST, random.nextDouble());
    double radius = Math.max(MIN_RADIUS, relative * side);
    double y = random.uniform(radius / 2, height - radius / 2);
    double x = random.uniform(radius / 2, width - radius / 2);
    double angle = random.uniform(0, 2 * Math.PI);
    ShapePaint paint = ShapePaint.random(random);
    return new DrawnShape(shape, y, x, radius, StrictMath.sin(angle), StrictMath.cos(angle), paint);
  }

  /** Calls back with the index of each pixel of an image that belongs to the shape. */
  void forEachPixel(int height, int width, IntConsumer action) {
    for (int row = first(y); row < end(y, height); row++) {
      for (int column = first(x); column < end(x, width); column++) {
        if (covers(row + 0.5, column + 0.5)) {
          action.accept(row * width + column);
        }
      }
    }
  }

  /**
   * Paints the shape over an image, with a smooth outline.
   *
   * @param rgb height×width×3 bytes, interleaved
   * @param random of the grain
   */
  void paint(byte[] rgb, int height, int width, SplitMix64 random) {
    double[] colour = new double[3];
    for (int row = first(y); row < end(y, height); row++) {
      for (int column = first(x); column < end(x, width); column++) {
        double share = coverage(row, column);
        double grain = random.uniform(-1, 1);
        if (share > 0) {
          double dx = (column + 0.5 - x) / radius;
          double dy = (row + 0.5 - y) / radius;
          paint.colour(cos * dx + sin * dy, cos * dy - sin * dx, grain, colour);
          for (int channel = 0; channel < 3; channel++) {
            int place = 3 * (row * width + column) + channel;
            double before = Byte.toUnsignedInt(rgb[place]);
            rgb[place] = (byte) Math.round(before + share * (255 * colour[channel] - before));
          }
        }
      }
    }
  }

  private double coverage(int row, int column) {
    int covered = 0;
    for (double sampleY : SAMPLES) {
      for (double sampleX : SAMPLES) {
        covered += covers(row + sampleY, column + sampleX) ? 1 : 0;
      }
    }
    return covered / (double) (SAMPLES.length * SAMPLES.length);
  }

  private boolean covers(double placeY, double placeX) {
    double dx = (placeX - x) / radius;
    double dy = (placeY - y) / radius;
    return shape.contains(cos * dx + sin * dy, cos * dy - sin * dx);
  }

  private int first(double centre) {
    return (int) Math.max(0, Math.floor(centre - radius));
  }

  private int end(double centre, int size) {
    return (int) Math.min(size, Math.ceil(centre + radius));
  }
}
