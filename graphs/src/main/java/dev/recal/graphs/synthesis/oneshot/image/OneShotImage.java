package dev.recal.graphs.synthesis.oneshot.image;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.ops.GraphScope;
import dev.recal.ops.image.CubicResize;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * An image in memory.
 *
 * @param height in pixels
 * @param width in pixels
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param values row-major, (height, width, channels) in −1..1; not copied
 */
public record OneShotImage(int height, int width, int channels, float[] values) {

  /** Rejects a wrong number of values. */
  public OneShotImage {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("channels: expected 1 or 3, but got " + channels + ".");
    }
    if (values.length != (long) height * width * channels) {
      throw new IllegalArgumentException(
          "values: expected "
              + (long) height * width * channels
              + " of an image of "
              + (width + "×" + height + " pixels, but got ")
              + values.length
              + ".");
    }
  }

  /**
   * Returns an image of 8-bit colours, with one channel if all pixels are grey.
   *
   * @param rgb row-major, (height, width, 3)
   */
  public static OneShotImage ofBytes(int height, int width, byte[] rgb) {
    boolean grey = true;
    for (int i = 0; i < rgb.length && grey; i += 3) {
      grey = rgb[i] == rgb[i + 1] && rgb[i] == rgb[i + 2];
    }
    int step = grey ? 3 : 1;
    float[] values = new float[rgb.length / step];
    for (int i = 0; i < values.length; i++) {
      values[i] = (rgb[i * step] & 0xff) / 127.5f - 1;
    }
    return new OneShotImage(height, width, grey ? 1 : 3, values);
  }

  /**
   * Returns an image of values in 0–1.
   *
   * @param unit row-major, (height, width, channels)
   */
  public static OneShotImage ofUnit(int height, int width, int channels, float[] unit) {
    float[] values = new float[unit.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * unit[i] - 1;
    }
    return new OneShotImage(height, width, channels, values);
  }

  /** Returns the values in 0–1, (height, width, channels). */
  public float[] unit() {
    float[] unit = new float[values.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = Math.max(0, Math.min(1, values[i] / 2 + 0.5f));
    }
    return unit;
  }

  /**
   * Returns the image with one or three channels: a grey pixel becomes three equal values, a colour
   * its luma (0.299 R + 0.587 G + 0.114 B).
   */
  public OneShotImage withChannels(int wanted) {
    if (wanted == channels) {
      return this;
    }
    float[] converted = new float[height * width * wanted];
    for (int i = 0; i < height * width; i++) {
      if (wanted == 1) {
        converted[i] =
            0.299f * values[3 * i] + 0.587f * values[3 * i + 1] + 0.114f * values[3 * i + 2];
      } else {
        Arrays.fill(converted, 3 * i, 3 * i + 3, values[i]);
      }
    }
    return new OneShotImage(height, width, wanted, converted);
  }

  /** Returns the upper left part of a size. */
  public OneShotImage cropped(int newHeight, int newWidth) {
    float[] kept = new float[newHeight * newWidth * channels];
    for (int row = 0; row < newHeight; row++) {
      int line = newWidth * channels;
      System.arraycopy(values, row * width * channels, kept, row * line, line);
    }
    return new OneShotImage(newHeight, newWidth, channels, kept);
  }

  /** Draws the image. */
  public BufferedImage picture() {
    ImageGrid grid = new ImageGrid(1, 1, height, width);
    grid.put(0, 0, withChannels(3).unit(), 0);
    return grid.image();
  }

  /** Returns whether all pixels have the same colour. */
  public boolean isPlain() {
    for (int i = channels; i < values.length; i++) {
      if (values[i] != values[i % channels]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the image at the size of a pyramid's largest scale. */
  public OneShotImage reducedTo(Pyramid pyramid) {
    if (pyramid.height() == height && pyramid.width() == width) {
      return this;
    }
    double factor = (double) Math.max(pyramid.height(), pyramid.width()) / Math.max(height, width);
    return resized(factor, pyramid.height(), pyramid.width());
  }

  /**
   * Returns the image resized by a factor, its upper left part of a size.
   *
   * @see CubicResize
   */
  public OneShotImage resized(double factor, int newHeight, int newWidth) {
    try (Graph graph = Graphs.create();
        Session session = Sessions.unoptimised(graph)) {
      Ops tf = GraphScope.ops(graph);
      Operand<TFloat32> image =
          tf.constant(Shape.of(1, height, width, channels), DataBuffers.of(values));
      Operand<TFloat32> resized = CubicResize.resize(tf, image, factor, newHeight, newWidth);
      try (Result result = session.runner().fetch(resized).run()) {
        float[] found = new float[newHeight * newWidth * channels];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(found);
        return new OneShotImage(newHeight, newWidth, channels, found);
      }
    }
  }

  /** Returns a digest of size and values. */
  public String digest() {
    return new Digest().add(height).add(width).add(channels).add(values).toHex();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OneShotImage image
        && height == image.height
        && width == image.width
        && channels == image.channels
        && Arrays.equals(values, image.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
