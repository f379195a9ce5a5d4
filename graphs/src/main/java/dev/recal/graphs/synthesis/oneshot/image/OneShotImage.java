package dev.recal.graphs.synthesis.oneshot.image;

import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Sessions;
import dev.recal.ops.image.CubicResize;
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
    try (Graph graph = new Graph();
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
