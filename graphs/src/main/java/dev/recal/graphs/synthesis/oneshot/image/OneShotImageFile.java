package dev.recal.graphs.synthesis.oneshot.image;

import dev.recal.graphs.data.items.ImageHeader;
import dev.recal.graphs.data.items.ServableImage;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Sessions;
import dev.recal.ops.TensorFlowFailures;
import dev.recal.ops.files.FileBytes;
import java.io.IOException;
import java.nio.file.Path;
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
    try {
      return decoded(file, bytes, png ? RGBA : RGBA - 1);
    } catch (RuntimeException failure) {
      if (TensorFlowFailures.isFrom(failure)) {
        throw new IOException("File " + file + " is not an image that can be decoded.", failure);
      }
      throw failure;
    }
  }

  private static OneShotImage decoded(Path file, byte[] bytes, int channels) throws IOException {
    try (Graph graph = new Graph();
        Session session = Sessions.unoptimised(graph);
        TString fed = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes))) {
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
        byte[] rgb = channels == RGBA ? opaque(file, values) : values;
        return OneShotImage.ofBytes(height, width, rgb);
      }
    }
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
