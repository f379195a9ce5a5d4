package dev.recal.models.style;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * An image before or after it got a style.
 *
 * @param height in pixels
 * @param width in pixels
 * @param values row-major, (height, width, 3) in 0–1; not copied
 */
public record StylizedImage(int height, int width, float[] values) {

  static final int CHANNELS = 3;

  /**
   * Decodes an image file, upright and reduced.
   *
   * @param pixels the maximum of the stored image
   * @param maxSide the maximum of the longer side; empty for none
   * @param minimum of both sides after that
   * @throws ImageHeader.UnusableImageException if it is not an image, too large or too small; the
   *     message is the end of a sentence that begins with its name
   */
  static StylizedImage decoded(byte[] file, long pixels, Optional<Integer> maxSide, int minimum)
      throws ImageHeader.UnusableImageException {
    DecodedImage stored =
        DecodedImage.of(ServableImage.bounded(file, pixels), CHANNELS)
            .orElseThrow(
                () ->
                    new ImageHeader.UnusableImageException("is not an image that can be decoded"));
    int longer = Math.max(stored.height(), stored.width());
    DecodedImage image =
        maxSide.filter(side -> side < longer).map(stored::withLongerSide).orElse(stored);
    if (Math.min(image.height(), image.width()) < minimum) {
      throw new ImageHeader.UnusableImageException(
          "is too small: expected at least "
              + minimum
              + " pixels a side, but got "
              + (image.width() + "×" + image.height()));
    }
    return new StylizedImage(image.height(), image.width(), image.fractions());
  }

  /** Draws the image. */
  public BufferedImage picture() {
    ImageGrid grid = new ImageGrid(1, 1, height, width);
    grid.put(0, 0, values, 0);
    return grid.image();
  }
}
