package dev.recal.models.synthesis.oneshot;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import java.util.Locale;

/** Another image at the size and with the channels of a training image. */
final class FittedImage {

  // Sizes are rounded when an image is reduced or edited; more is another shape.
  private static final double TOLERANCE = 2;

  private FittedImage() {}

  /**
   * Resizes an image by the ratio of the widths.
   *
   * @param name of the image, for the message
   * @throws IllegalArgumentException if its shape differs by more than two pixels
   */
  static OneShotImage of(String name, OneShotImage image, OneShotModel model) {
    Pyramid size = model.pyramid();
    requireShape(name, image, size);
    OneShotImage converted = image.withChannels(model.channels());
    if (image.height() == size.height() && image.width() == size.width()) {
      return converted;
    }
    double factor = (double) size.width() / image.width();
    return converted.resized(factor, size.height(), size.width());
  }

  static void requireShape(String name, OneShotImage image, Pyramid size) {
    double height = (double) image.height() * size.width() / image.width();
    double width = (double) image.width() * size.height() / image.height();
    if (Math.abs(height - size.height()) > TOLERANCE
        && Math.abs(width - size.width()) > TOLERANCE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: expected an image of the training image's shape, %d×%d, or of another size with"
                  + " these proportions, but got %d×%d.",
              name,
              size.width(),
              size.height(),
              image.width(),
              image.height()));
    }
  }
}
