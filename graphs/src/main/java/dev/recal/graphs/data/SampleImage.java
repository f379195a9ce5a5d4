package dev.recal.graphs.data;

import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * One image for a set that is made in Java. Arrays are not copied and must not change before the
 * set is made.
 */
public sealed interface SampleImage {

  /** A JPEG, PNG, GIF or BMP file's content. */
  static SampleImage encoded(byte[] file) {
    return new Encoded(file);
  }

  /** A JPEG, PNG, GIF or BMP file, which is read whenever its pixels are needed. */
  static SampleImage file(Path path) {
    return new ImageFile(path);
  }

  /**
   * Pixels.
   *
   * @param rgb red, green and blue of each pixel, row after row
   */
  static SampleImage pixels(int height, int width, byte[] rgb) {
    return new PixelArray(height, width, rgb);
  }

  /**
   * Pixels as numbers; they are kept as 8 bits a channel, as images are.
   *
   * @param rgb red, green and blue of each pixel in 0–1, row after row
   */
  static SampleImage pixels(int height, int width, float[] rgb) {
    byte[] bytes = new byte[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      if (!(rgb[i] >= 0 && rgb[i] <= 1)) {
        throw new IllegalArgumentException(
            "rgb: expected numbers from 0 to 1, but got " + rgb[i] + " at index " + i + ".");
      }
      bytes[i] = (byte) Math.round(255 * rgb[i]);
    }
    return new PixelArray(height, width, bytes);
  }

  /**
   * Returns the image as a file's content.
   *
   * @throws IOException if its file cannot be read
   */
  byte[] bytes() throws IOException;

  /** A file's content. */
  record Encoded(byte[] bytes) implements SampleImage {
    /** Rejects a missing array. */
    public Encoded {
      Objects.requireNonNull(bytes, "bytes");
    }
  }

  /** A file. */
  record ImageFile(Path path) implements SampleImage {
    /** Rejects a missing path. */
    public ImageFile {
      Objects.requireNonNull(path, "path");
    }

    @Override
    public byte[] bytes() throws IOException {
      return FileBytes.read(path);
    }
  }

  /** Pixels, as red, green and blue bytes, row after row. */
  record PixelArray(int height, int width, byte[] rgb) implements SampleImage {
    /** Rejects sizes below 1 and a wrong number of bytes. */
    public PixelArray {
      if (height < 1 || width < 1) {
        throw new IllegalArgumentException(
            "height and width: expected at least 1 pixel, but got " + height + "×" + width + ".");
      }
      long expected = 3L * height * width;
      if (rgb.length != expected) {
        throw new IllegalArgumentException(
            ("rgb: expected " + height + "×" + width + "×3 = " + expected + " values, but got ")
                + (rgb.length + "."));
      }
    }

    @Override
    public byte[] bytes() {
      return Bitmap.encode(height, width, rgb);
    }
  }
}
