package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.data.items.Digest;
import java.awt.image.BufferedImage;

/**
 * A style image in memory.
 *
 * @param name for people
 * @param height in pixels
 * @param width in pixels
 * @param values row-major, (height, width, 3) in 0–1; not copied
 */
record StylePixels(String name, int height, int width, float[] values) {

  /** Returns a digest of size and values. */
  String digest() {
    return new Digest().add(height).add(width).add(values).toHex();
  }

  /** Draws the image. */
  BufferedImage picture() {
    ImageGrid grid = new ImageGrid(1, 1, height, width);
    grid.put(0, 0, values, 0);
    return grid.image();
  }
}
