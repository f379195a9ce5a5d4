package dev.recal.graphs.data.items;

import dev.recal.ops.GraphScope;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.image.Images;
import dev.recal.ops.image.Placement;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * The pixels of an image file in memory; of an animation those of its first frame.
 *
 * @param height in pixels
 * @param width in pixels
 * @param channels 3 for red, green and blue; 4 with opacity
 * @param values row by row, unsigned
 */
public record DecodedImage(int height, int width, int channels, byte[] values) {

  private static final float LEVELS = 255;

  /**
   * Decodes a JPEG, PNG, GIF or BMP file. Other formats and rotated photographs have to be
   * converted before; see {@link ServableImage}. 16 bits become 8, CMYK is converted.
   *
   * @param file its bytes; their number of pixels is not limited here
   * @param channels 3, or 4 for a PNG file
   * @return empty if it cannot be decoded
   */
  public static Optional<DecodedImage> of(byte[] file, int channels) {
    try (Graph graph = Graphs.create();
        Session session = Sessions.unoptimised(graph);
        TString fed = TString.tensorOfBytes(NdArrays.scalarOfObject(file))) {
      Ops tf = GraphScope.ops(graph);
      Operand<TString> input = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      Operand<TUint8> image =
          tf.image.decodeImage(
              input,
              TUint8.class,
              DecodeImage.channels((long) channels),
              DecodeImage.expandAnimations(false));
      try (Result result = session.runner().feed(input, fed).fetch(image).run()) {
        TUint8 pixels = (TUint8) result.get(0);
        byte[] values = new byte[Math.toIntExact(pixels.size())];
        pixels.asRawTensor().data().copyTo(DataBuffers.of(values), values.length);
        int height = (int) pixels.shape().get(0);
        int width = (int) pixels.shape().get(1);
        return Optional.of(new DecodedImage(height, width, channels, values));
      }
    } catch (RuntimeException failure) {
      if (TensorFlowFailures.isFrom(failure)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /**
   * Resizes an image of three channels, with its aspect ratio kept.
   *
   * @param pixels of the longer side
   */
  public DecodedImage withLongerSide(int pixels) {
    int longer = Math.max(height, width);
    if (longer == pixels) {
      return this;
    }
    double factor = (double) pixels / longer;
    return resized(
        Math.max(1, (int) Math.round(height * factor)),
        Math.max(1, (int) Math.round(width * factor)));
  }

  /** Stretches an image of three channels to a size. */
  public DecodedImage resized(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    try (Graph graph = Graphs.create();
        Session session = Sessions.unoptimised(graph);
        TUint8 fed = TUint8.tensorOf(Shape.of(height, width, channels), DataBuffers.of(values))) {
      Ops tf = GraphScope.ops(graph);
      Operand<TUint8> input = tf.placeholder(TUint8.class, Placeholder.shape(fed.shape()));
      Operand<TInt32> sides = tf.constant(new int[] {height, width});
      Operand<TInt32> size = tf.constant(new int[] {newHeight, newWidth});
      Operand<TUint8> resized = Images.place(tf, input, Placement.stretched(tf, sides, size), size);
      try (Result result = session.runner().feed(input, fed).fetch(resized).run()) {
        byte[] found = new byte[newHeight * newWidth * channels];
        ((TUint8) result.get(0)).copyTo(DataBuffers.of(found));
        return new DecodedImage(newHeight, newWidth, channels, found);
      }
    }
  }

  /** Returns the image mirrored from left to right. */
  public DecodedImage mirrored() {
    byte[] mirrored = new byte[values.length];
    for (int row = 0; row < height; row++) {
      for (int x = 0; x < width; x++) {
        int from = (row * width + x) * channels;
        int to = (row * width + width - 1 - x) * channels;
        System.arraycopy(values, from, mirrored, to, channels);
      }
    }
    return new DecodedImage(height, width, channels, mirrored);
  }

  /** Returns the values in 0–1. */
  public float[] fractions() {
    float[] fractions = new float[values.length];
    for (int i = 0; i < fractions.length; i++) {
      fractions[i] = (values[i] & 0xFF) / LEVELS;
    }
    return fractions;
  }
}
