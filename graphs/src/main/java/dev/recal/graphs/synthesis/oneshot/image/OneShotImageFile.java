package dev.recal.graphs.synthesis.oneshot.image;

import dev.recal.graphs.data.items.DecodedImage;
import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads one image file: JPEG, PNG, GIF (first frame), BMP, WebP or TIFF, turned upright. 16 bits
 * become 8, CMYK is converted.
 */
public final class OneShotImageFile {

  private static final int RGBA = 4;
  private static final int OPAQUE = 255;

  private OneShotImageFile() {}

  /**
   * Reads a file.
   *
   * @param maxPixels the maximum of the image, checked before it is decoded
   * @throws IOException if it cannot be read, is not an image or too large, or has pixels that are
   *     not opaque
   */
  public static OneShotImage read(Path file, long maxPixels) throws IOException {
    byte[] bytes;
    try {
      bytes = ServableImage.bounded(FileBytes.read(file), maxPixels);
    } catch (ImageHeader.UnusableImageException refused) {
      throw new IOException("File " + file + " " + refused.getMessage() + ".", refused);
    }
    // Only PNG has transparency and is decoded to four channels; others are decoded to three.
    boolean png = bytes.length > 3 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G';
    int channels = png ? RGBA : RGBA - 1;
    DecodedImage image =
        DecodedImage.of(bytes, channels)
            .orElseThrow(
                () -> new IOException("File " + file + " is not an image that can be decoded."));
    byte[] rgb = channels == RGBA ? opaque(file, image.values()) : image.values();
    return OneShotImage.ofBytes(image.height(), image.width(), rgb);
  }

  private static byte[] opaque(Path file, byte[] rgba) throws IOException {
    byte[] rgb = new byte[rgba.length / RGBA * (RGBA - 1)];
    for (int from = 0, to = 0; from < rgba.length; from += RGBA) {
      if ((rgba[from + RGBA - 1] & OPAQUE) != OPAQUE) {
        throw new IOException(
            "File "
                + file
                + " has transparent pixels, but an image without transparency is needed; put it on"
                + " a background first.");
      }
      rgb[to++] = rgba[from];
      rgb[to++] = rgba[from + 1];
      rgb[to++] = rgba[from + 2];
    }
    return rgb;
  }
}
