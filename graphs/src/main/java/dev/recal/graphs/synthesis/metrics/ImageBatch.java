package dev.recal.graphs.synthesis.metrics;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * Images of equal size with 8 bits per channel, as in an image file. So a generated image is
 * measured as if it had been saved and read again.
 *
 * @param count number of images
 * @param height in pixels
 * @param width in pixels
 * @param rgb count×height×width×3 bytes, 0–255; not copied
 */
public record ImageBatch(int count, int height, int width, byte[] rgb) {

  private static final int CHANNELS = 3;

  /** Rejects sizes below 1, and a wrong number of bytes. */
  public ImageBatch {
    Objects.requireNonNull(rgb, "rgb");
    if (count < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "count, height and width: expected at least 1, but got %d×%d×%d.",
              count,
              height,
              width));
    }
    requireLength("rgb", rgb.length, count, height, width, CHANNELS);
  }

  /**
   * Rounds images in 0–1 to 8 bits; values outside are clipped, as in an image file.
   *
   * @param pixels count×height×width×3
   * @throws IllegalArgumentException if a value is not finite
   */
  public static ImageBatch ofFloats(int count, int height, int width, float[] pixels) {
    requireLength("pixels", pixels.length, count, height, width, CHANNELS);
    byte[] rgb = new byte[pixels.length];
    for (int i = 0; i < rgb.length; i++) {
      float value = pixels[i];
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "pixels: expected numbers in 0–1, but image %d (counted from 0) holds %s.",
                i / (height * width * CHANNELS),
                value));
      }
      rgb[i] = (byte) (int) (255 * Math.max(0f, Math.min(1f, value)) + 0.5f);
    }
    return new ImageBatch(count, height, width, rgb);
  }

  /**
   * Rounds images in 0–1 to 8 bits, as {@link #ofFloats(int, int, int, float[])}. A grey image gets
   * three equal channels.
   *
   * @param channels 1 or 3
   * @param pixels count×height×width×channels
   * @throws IllegalArgumentException if there is another number of channels, or a value is not
   *     finite
   */
  public static ImageBatch ofFloats(
      int count, int height, int width, int channels, float[] pixels) {
    if (channels == CHANNELS) {
      return ofFloats(count, height, width, pixels);
    }
    if (channels != 1) {
      throw new IllegalArgumentException("channels: expected 1 or 3, but got " + channels + ".");
    }
    requireLength("pixels", pixels.length, count, height, width, 1);
    float[] repeated = new float[Math.multiplyExact(pixels.length, CHANNELS)];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = pixels[i / CHANNELS];
    }
    return ofFloats(count, height, width, repeated);
  }

  /** Returns the pixels in 0–1, count×height×width×3. */
  public float[] floats() {
    float[] pixels = new float[rgb.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (rgb[i] & 0xFF) / 255f;
    }
    return pixels;
  }

  /** Returns the number of bytes of one image. */
  int imageBytes() {
    return height * width * CHANNELS;
  }

  /** Returns a copy of one image. */
  public ImageBatch image(int index) {
    return images(index, index + 1);
  }

  /**
   * Returns a copy of some images.
   *
   * @param from the first
   * @param to the one after the last
   */
  ImageBatch images(int from, int to) {
    Objects.checkFromToIndex(from, to, count);
    byte[] some = Arrays.copyOfRange(rgb, from * imageBytes(), to * imageBytes());
    return new ImageBatch(to - from, height, width, some);
  }

  private static void requireLength(
      String name, int length, int count, int height, int width, int channels) {
    if ((long) count * height * width * channels != length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: %d images of %d×%d pixels take %d values, but got %d.",
              name,
              count,
              height,
              width,
              (long) count * height * width * channels,
              length));
    }
  }
}
