package dev.recal.models.detection;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.graphs.detection.found.ObjectDrawing;
import dev.recal.models.predict.DistinctNames;
import dev.recal.ops.files.FileBytes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;

/** Draws objects into copies of image files; small images are enlarged by a whole factor. */
public final class DetectionPictures {

  private final Path directory;
  private final ObjectDrawing drawing;
  private final DistinctNames names = new DistinctNames();

  /**
   * Draws into a directory.
   *
   * @param directory created if absent
   * @param drawing of the model
   */
  public DetectionPictures(Path directory, ObjectDrawing drawing) {
    this.directory = directory;
    this.drawing = drawing;
  }

  /**
   * Draws a file's objects into a PNG file of its name.
   *
   * @param file a file that the model answered
   * @param image all objects of it are drawn
   * @return the written file
   * @throws IOException if the file cannot be read again
   * @throws java.io.UncheckedIOException if the picture cannot be written
   */
  public Path write(Path file, DetectedImage image) throws IOException {
    BufferedImage picture = read(file);
    Path png = directory.resolve(names.of(file) + ".png");
    PngFiles.write(png, () -> drawing.drawn(picture, image.objects()));
    return png;
  }

  private static BufferedImage read(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = ServableImage.of(FileBytes.read(file));
    } catch (ImageHeader.UnusableImageException changed) {
      throw new IOException("File " + file + " " + changed.getMessage() + ".", changed);
    }
    DecodedImage image =
        DecodedImage.of(bytes, 3)
            .orElseThrow(
                () -> new IOException("File " + file + " is not an image that can be decoded."));
    int[] colours = new int[image.height() * image.width()];
    byte[] levels = image.values();
    for (int i = 0; i < colours.length; i++) {
      colours[i] =
          (levels[3 * i] & 0xFF) << 16 | (levels[3 * i + 1] & 0xFF) << 8 | levels[3 * i + 2] & 0xFF;
    }
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    picture.setRGB(0, 0, image.width(), image.height(), colours, 0, image.width());
    return picture;
  }
}
