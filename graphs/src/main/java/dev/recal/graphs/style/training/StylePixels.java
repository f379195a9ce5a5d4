package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.features.LossNetwork;
import dev.recal.graphs.style.loss.GramMatrices;
import dev.recal.graphs.style.loss.MapWeight;
import dev.recal.graphs.style.loss.StyleLoss;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

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

  /** Computes the Gram matrices of a loss by map. */
  Map<String, float[]> grams(LossNetwork network, StyleLoss loss) {
    List<String> maps = loss.style().stream().map(MapWeight::map).toList();
    return GramMatrices.measure(network, maps, height, width, values);
  }

  /** Draws the image. */
  BufferedImage picture() {
    ImageGrid grid = new ImageGrid(1, 1, height, width);
    grid.put(0, 0, values, 0);
    return grid.image();
  }
}
