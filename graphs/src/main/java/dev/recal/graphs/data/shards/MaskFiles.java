package dev.recal.graphs.data.shards;

import dev.recal.graphs.data.targets.Mask;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
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
    byte[] samples = new byte[height * width];
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
    return GreyPng.encode(height, width, samples);
  }

  /**
   * Decodes a mask: the pixels that are not black. Transparency is dropped.
   *
   * @param file a PNG file
   * @throws IllegalArgumentException if it is damaged, or has another size
   */
  public static Mask decode(byte[] file, int height, int width) {
    try {
      Optional<byte[]> samples = GreyPng.decode(file, height, width);
      if (samples.isEmpty()) {
        return decodeOther(file, height, width);
      }
      boolean[] covered = new boolean[height * width];
      for (int i = 0; i < covered.length; i++) {
        covered[i] = samples.get()[i] != 0;
      }
      return Mask.ofPixels(height, width, covered);
    } catch (IOException damaged) {
      throw damaged();
    }
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException("mask: expected a PNG file, but got a damaged one.");
  }

  private static Mask decodeOther(byte[] file, int height, int width) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      if (reader.getHeight(0) != height || reader.getWidth(0) != width) {
        throw new IllegalArgumentException(
            ("mask: expected " + height + "×" + width + " pixels, but got ")
                + (reader.getHeight(0) + "×" + reader.getWidth(0) + "."));
      }
      return Mask.ofPixels(height, width, covered(reader.read(0)));
    } catch (IOException | IndexOutOfBoundsException | NegativeArraySizeException damaged) {
      throw damaged();
    } finally {
      reader.dispose();
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
