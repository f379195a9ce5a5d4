package dev.recal.graphs.synthesis.oneshot;

import dev.recal.ops.Arguments;

/**
 * The scales of an image, from the smallest, number 0, to the largest.
 *
 * <p>As in SinGAN's released code: with a maximum reduction a = ⌈log(min / shorter side) / log
 * factor⌉ + 1 of the given image and b = ⌈log(max / longer side) / log factor⌉, or 0 for small
 * images, there are a − b + 1 scales; then the factor is fitted so that the smallest has the
 * minimum size. Sizes are rounded up.
 *
 * @param height of the largest scale
 * @param width of the largest scale
 * @param scales how many
 * @param factor from one scale to the next smaller one, at most 1
 */
public record Pyramid(int height, int width, int scales, double factor) {

  // Sizes are rounded up, but 25.0001 is 25: exported graphs compute them in single precision.
  private static final double TOLERANCE = 1e-3;

  /** Rejects numbers outside their ranges. */
  public Pyramid {
    Arguments.atLeast(1, "height", height);
    Arguments.atLeast(1, "width", width);
    Arguments.atLeast(1, "scales", scales);
    Arguments.require(factor > 0 && factor <= 1, "factor", "from 0 to 1", factor);
  }

  /**
   * Returns the pyramid of an image.
   *
   * @param imageHeight in pixels
   * @param imageWidth in pixels
   * @throws IllegalArgumentException if the image is smaller than the smallest scale, or would be
   *     after its longer side was reduced
   */
  public static Pyramid of(int imageHeight, int imageWidth, PyramidSettings settings) {
    int longer = Math.max(imageHeight, imageWidth);
    int shorter = Math.min(imageHeight, imageWidth);
    Arguments.atLeast(settings.minSize(), "shorter side of the image in pixels", shorter);
    double reduction = Math.min(1, (double) settings.maxSize() / longer);
    int height = reduced(imageHeight, reduction);
    int width = reduced(imageWidth, reduction);
    if (Math.min(height, width) < settings.minSize()) {
      throw new IllegalArgumentException(
          "image: expected sides that are not that different, but got "
              + imageWidth
              + "×"
              + imageHeight
              + " pixels: at a longer side of maxSize "
              + settings.maxSize()
              + " the shorter one has "
              + Math.min(height, width)
              + ", below minSize "
              + settings.minSize()
              + ".");
    }
    double log = Math.log(settings.factor());
    int down = steps(Math.log((double) settings.minSize() / shorter) / log) + 1;
    int skipped = steps(Math.log(reduction) / log);
    int steps = Math.max(1, down - skipped);
    double fitted = Math.pow((double) settings.minSize() / Math.min(height, width), 1.0 / steps);
    return new Pyramid(height, width, steps + 1, fitted);
  }

  private static int steps(double exact) {
    return (int) Math.ceil(exact - TOLERANCE);
  }

  /** Returns the height at a scale. */
  public int height(int scale) {
    return reduced(height, reduction(scale));
  }

  /** Returns the width at a scale. */
  public int width(int scale) {
    return reduced(width, reduction(scale));
  }

  /** Returns the factor between the largest scale and this one. */
  public double reduction(int scale) {
    requireScale("scale", scale);
    return Math.pow(factor, scales - 1 - scale);
  }

  /** Returns the factor from one scale to the next larger one. */
  public double enlargement() {
    return 1 / factor;
  }

  /** Returns a size after a reduction, rounded up. */
  static int reduced(int size, double reduction) {
    return (int) Math.ceil(size * reduction - TOLERANCE);
  }

  /** Returns the number of the largest scale. */
  public int last() {
    return scales - 1;
  }

  /**
   * Rejects scales that do not exist.
   *
   * @param name of the argument
   */
  public void requireScale(String name, int scale) {
    Arguments.require(scale >= 0 && scale < scales, name, "from 0 to " + (scales - 1), scale);
  }
}
