package dev.recal.graphs.data.items;

import dev.recal.ops.GraphScope;
import dev.recal.ops.TensorFlowFailures;
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

  /**
   * Decodes a JPEG, PNG, GIF or BMP file. Other formats and rotated photographs have to be
   * converted before; see {@link ServableImage}. 16 bits become 8, CMYK is converted.
   *
   * @param file its bytes; their number of pixels is not limited here
   * @param channels 3, or 4 for a PNG file
   * @return empty if it cannot be decoded
   */
  public static Optional<DecodedImage> of(byte[] file, int channels) {
    try (Graph graph = new Graph();
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
}
