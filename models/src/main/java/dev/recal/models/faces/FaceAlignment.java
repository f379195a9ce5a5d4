package dev.recal.models.faces;

import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.ops.Arguments;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Faces at the place that recognition networks are trained on: five landmarks (the eyes, the tip of
 * the nose, the corners of the mouth, left before right as seen in the image) are mapped to those
 * of ArcFace's template by a similarity transform, and the image is resampled bilinearly, with
 * black outside of it. Pixels have integer coordinates at their centres.
 *
 * @param size height and width of the result in pixels
 */
public record FaceAlignment(int size) {

  /** The size of the template. */
  public static final int TEMPLATE_SIZE = 112;

  /** Numbers of five points. */
  public static final int NUMBERS = 10;

  // Deng et al., ArcFace, CVPR 2019: x and y at 112×112.
  private static final List<Double> TEMPLATE =
      List.of(
          38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041);

  private static final int CHANNELS = 3;

  /** Rejects sizes below one pixel. */
  public FaceAlignment {
    Arguments.atLeast(1, "size", size);
  }

  /** Returns x and y of the template's five points, scaled to the size. */
  public double[] template() {
    double scale = (double) size / TEMPLATE_SIZE;
    return TEMPLATE.stream().mapToDouble(number -> scale * number).toArray();
  }

  /**
   * Aligns a face.
   *
   * @param image of three channels
   * @param points x and y of the five landmarks in it, in pixels
   * @throws IllegalArgumentException if the points are at one place
   */
  public DecodedImage align(DecodedImage image, double[] points) {
    return warp(image, SimilarityTransform.between(points, template()));
  }

  /**
   * Resamples an image.
   *
   * @param transform from the image to the result
   */
  public DecodedImage warp(DecodedImage image, SimilarityTransform transform) {
    SimilarityTransform back = transform.inverse();
    byte[] warped = new byte[size * size * CHANNELS];
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        double x = back.x(column, row);
        double y = back.y(column, row);
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double below = y - top;
        for (int channel = 0; channel < CHANNELS; channel++) {
          double upper =
              (1 - right) * level(image, left, top, channel)
                  + right * level(image, left + 1, top, channel);
          double lower =
              (1 - right) * level(image, left, top + 1, channel)
                  + right * level(image, left + 1, top + 1, channel);
          double value = (1 - below) * upper + below * lower;
          warped[(row * size + column) * CHANNELS + channel] = (byte) Math.round(value);
        }
      }
    }
    return new DecodedImage(size, size, CHANNELS, warped);
  }

  private static int level(DecodedImage image, int x, int y, int channel) {
    if (x < 0 || y < 0 || x >= image.width() || y >= image.height()) {
      return 0;
    }
    return image.values()[(y * image.width() + x) * CHANNELS + channel] & 0xFF;
  }

  /** Returns an image of three channels as a picture. */
  static BufferedImage picture(DecodedImage image) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] values = image.values();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int at = (y * image.width() + x) * CHANNELS;
        picture.setRGB(
            x, y, (values[at] & 0xFF) << 16 | (values[at + 1] & 0xFF) << 8 | values[at + 2] & 0xFF);
      }
    }
    return picture;
  }
}
