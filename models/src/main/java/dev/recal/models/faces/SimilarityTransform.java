package dev.recal.models.faces;

/**
 * A rotation, a uniform scale and a translation of the plane: x′ = a·x − b·y + dx, y′ = b·x + a·y +
 * dy.
 *
 * @param a scale · cos of the angle
 * @param b scale · sin of the angle
 * @param dx along x
 * @param dy along y
 */
public record SimilarityTransform(double a, double b, double dx, double dy) {

  // Below this share of the coordinates' squares, differences are those of rounding.
  private static final double DEGENERATE = 1e-20;

  /**
   * Returns the transform that maps points to others with the least sum of squared distances, as
   * Umeyama's method (IEEE TPAMI 13(4), 1991) does without reflections. In the plane it has a
   * closed form: with p and q the centred points as complex numbers, a + ib = Σ p̄·q / Σ |p|².
   *
   * @param from x and y of each point
   * @param to as many
   * @throws IllegalArgumentException if there are fewer than two points, or all are at one place
   */
  public static SimilarityTransform between(double[] from, double[] to) {
    if (from.length != to.length || from.length % 2 != 0 || from.length < 4) {
      throw new IllegalArgumentException(
          "points: expected x and y of two or more points on both sides, but got "
              + from.length
              + " and "
              + to.length
              + " numbers.");
    }
    double[] fromMean = mean(from);
    double[] toMean = mean(to);
    double real = 0;
    double imaginary = 0;
    double squares = 0;
    double magnitude = 0;
    for (int i = 0; i < from.length; i += 2) {
      double x = from[i] - fromMean[0];
      double y = from[i + 1] - fromMean[1];
      double u = to[i] - toMean[0];
      double v = to[i + 1] - toMean[1];
      real += x * u + y * v;
      imaginary += x * v - y * u;
      squares += x * x + y * y;
      magnitude += from[i] * from[i] + from[i + 1] * from[i + 1];
    }
    if (!(squares > DEGENERATE * magnitude) || real == 0 && imaginary == 0) {
      throw new IllegalArgumentException(
          "points: expected points at different places, but these determine no scale and angle.");
    }
    double a = real / squares;
    double b = imaginary / squares;
    return new SimilarityTransform(
        a,
        b,
        toMean[0] - (a * fromMean[0] - b * fromMean[1]),
        toMean[1] - (b * fromMean[0] + a * fromMean[1]));
  }

  private static double[] mean(double[] points) {
    double x = 0;
    double y = 0;
    for (int i = 0; i < points.length; i += 2) {
      x += points[i];
      y += points[i + 1];
    }
    return new double[] {2 * x / points.length, 2 * y / points.length};
  }

  /** Returns the transform that maps back. */
  public SimilarityTransform inverse() {
    double squares = a * a + b * b;
    double c = a / squares;
    double d = -b / squares;
    return new SimilarityTransform(c, d, -(c * dx - d * dy), -(d * dx + c * dy));
  }

  /** Returns x of the image of a point. */
  public double x(double x, double y) {
    return a * x - b * y + dx;
  }

  /** Returns y of the image of a point. */
  public double y(double x, double y) {
    return b * x + a * y + dy;
  }
}
