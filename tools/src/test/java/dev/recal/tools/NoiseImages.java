package dev.recal.tools;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import java.nio.file.Path;
import java.util.Random;

/** PNG files of noise. */
final class NoiseImages {

  private NoiseImages() {}

  /** Writes a file, in directories that need not exist; returns its path. */
  static Path write(Path file, int height, int width, int seed) {
    float[] pixels = new float[height * width * 3];
    Random random = new Random(seed);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    ImageGrid grid = new ImageGrid(1, 1, height, width);
    grid.put(0, 0, pixels, 0);
    PngFiles.write(file, grid::image);
    return file;
  }
}
