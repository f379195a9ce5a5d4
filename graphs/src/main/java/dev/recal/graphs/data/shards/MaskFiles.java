package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.items.ByteWindow;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.targets.Mask;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Masks as PNG files of one byte a pixel, 1 where an object is. */
public final class MaskFiles {

  private MaskFiles() {}

  /** Encodes a mask. */
  static byte[] encode(Mask mask) {
    int height = mask.height();
    int width = mask.width();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    byte[] samples = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    int place = 0;
    boolean covered = false;
    for (int run : mask.runs()) {
      int end = place + run;
      for (; covered && place < end; place++) {
        samples[place % height * width + place / height] = 1;
      }
      place = end;
      covered = !covered;
    }
    try {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      ImageIO.write(image, "png", file);
      return file.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory failed.", e);
    }
  }

  /**
   * Decodes a mask: the pixels that are not black. Transparency is dropped.
   *
   * @param file a PNG file
   * @throws IllegalArgumentException if it is damaged, or has another size
   */
  public static Mask decode(byte[] file, int height, int width) {
    requirePng(file, height, width);
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return Mask.ofPixels(height, width, covered(reader.read(0)));
    } catch (IOException | RuntimeException damaged) {
      // Readers throw arbitrary runtime exceptions on damaged data.
      throw new IllegalArgumentException("mask: expected a PNG file, but got a damaged one.");
    } finally {
      reader.dispose();
    }
  }

  // The JVM's reader takes truncated files for images that end in black.
  private static void requirePng(byte[] file, int height, int width) {
    ImageHeader header;
    try {
      header = ImageHeader.read(ByteWindow.of(file));
    } catch (ImageHeader.UnusableImageException | IOException damaged) {
      throw new IllegalArgumentException(
          "mask: expected a PNG file, but got one that " + damaged.getMessage() + ".");
    }
    if (header.format() != ImageHeader.Format.PNG) {
      throw new IllegalArgumentException(
          "mask: expected a PNG file, but got a " + header.format() + " file.");
    }
    if (header.storedHeight() != height || header.storedWidth() != width) {
      throw new IllegalArgumentException(
          ("mask: expected " + height + "×" + width + " pixels, but got ")
              + (header.storedHeight() + "×" + header.storedWidth() + "."));
    }
  }

  private static boolean[] covered(BufferedImage image) {
    int width = image.getWidth();
    boolean[] covered = new boolean[Math.multiplyExact(width, image.getHeight())];
    Raster raster = image.getRaster();
    // The samples of a palette are indices.
    boolean palette = image.getColorModel() instanceof IndexColorModel;
    int bands = raster.getNumBands() - (image.getColorModel().hasAlpha() && !palette ? 1 : 0);
    int drop = Math.max(0, image.getColorModel().getComponentSize(0) - Byte.SIZE);
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int band = 0; band < (palette ? 1 : bands); band++) {
        if (palette) {
          image.getRGB(0, y, width, 1, row, 0, width);
        } else {
          raster.getSamples(0, y, width, 1, band, row);
        }
        for (int x = 0; x < width; x++) {
          covered[y * width + x] |= (palette ? row[x] & 0xFFFFFF : row[x] >> drop) != 0;
        }
      }
    }
    return covered;
  }
}
