package dev.recal.graphs.style.training;

import java.io.IOException;
import java.nio.file.Path;

/** The image whose style is learned, as given in a recipe. */
public sealed interface StyleImage permits FileStyleImage, TextureStyleImage {

  /**
   * Reads the image.
   *
   * @throws IOException if it cannot be read
   */
  StylePixels read() throws IOException;

  /** Returns the same with absolute paths. */
  default StyleImage at(Path base) {
    return this;
  }
}
