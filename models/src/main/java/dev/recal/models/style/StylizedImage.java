package dev.recal.models.style;

import dev.recal.graphs.charts.ImageGrid;
import java.awt.image.BufferedImage;

/**
 * An image in a style.
 *
 * @param height in pixels
 * @param width in pixels
 * @param values row-major, (height, width, 3) in 0–1; not copied
 */
public record StylizedImage(int height, int width, float[] values) {

  /** Draws the image. */
  public BufferedImage picture() {
    ImageGrid grid = new ImageGrid(1, 1, height, width);
    grid.put(0, 0, values, 0);
    return grid.image();
  }
}
