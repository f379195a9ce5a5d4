package dev.recal.graphs.data.items;

import dev.recal.ops.GraphScope;
import dev.recal.ops.image.ImageExtent;
import dev.recal.ops.image.ImageExtents;
import dev.recal.ops.image.Images;
import dev.recal.ops.runtime.Graphs;
import dev.recal.ops.runtime.Sessions;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.EncodePng;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Image files as exported graphs take them. A graph decodes JPEG, PNG, GIF and BMP files and
 * ignores EXIF data; this class converts WebP and TIFF files to PNG files and turns photographs
 * upright, so that a model gets the same pixels as in training.
 */
public final class ServableImage {
  /** Speed counts, not size: the file is decoded right away. */
  private static final long PNG_COMPRESSION = 1;

  private ServableImage() {}

  /**
   * Returns a file that a graph decodes to the upright image.
   *
   * @param file of any content; not changed
   * @return the same array if nothing needs to be done, or if it is not an image
   * @throws ImageHeader.UnusableImageException if it is an image that cannot be decoded; the
   *     message is the end of a sentence that begins with its name, such as "is a HEIC image, …"
   */
  public static byte[] of(byte[] file) throws ImageHeader.UnusableImageException {
    return of(file, ImageHeader.MAX_PIXELS);
  }

  /**
   * Does the same with another maximum than {@link ImageHeader#MAX_PIXELS}.
   *
   * @param pixels the maximum of an image that is decoded here, checked before; the model checks
   *     the others
   * @throws ImageHeader.UnusableImageException as {@link #of(byte[])} does, or if there are more
   *     pixels
   */
  public static byte[] of(byte[] file, long pixels) throws ImageHeader.UnusableImageException {
    byte[] decodable = converted(file, pixels);
    int orientation = ImageHeader.orientationOf(decodable);
    if (orientation == ExifOrientation.UPRIGHT) {
      return decodable;
    }
    requireExtent(decodable, pixels);
    return turned(decodable, orientation);
  }

  /**
   * Does the same for a graph without a check of its own: all images are checked.
   *
   * @param pixels the maximum of an image of any format, checked before it is decoded
   * @throws ImageHeader.UnusableImageException as {@link #of(byte[])} does, or if there are more
   *     pixels
   */
  public static byte[] bounded(byte[] file, long pixels) throws ImageHeader.UnusableImageException {
    requireExtent(file, pixels);
    return of(file, pixels);
  }

  /**
   * Converts WebP and TIFF files to upright PNG files; all others are unchanged, even if not stored
   * upright.
   *
   * @throws ImageHeader.UnusableImageException as {@link #of(byte[])} does
   */
  public static byte[] converted(byte[] file) throws ImageHeader.UnusableImageException {
    return converted(file, ImageHeader.MAX_PIXELS);
  }

  private static void requireExtent(byte[] file, long pixels)
      throws ImageHeader.UnusableImageException {
    Optional<ImageExtent> extent = ImageExtents.of(ByteBuffer.wrap(file));
    if (extent.isPresent() && extent.get().pixels() > pixels) {
      throw new ImageHeader.UnusableImageException(
          String.format(
              Locale.ROOT,
              "is too large: expected at most %,d pixels, but got %s",
              pixels,
              extent.get().text()));
    }
  }

  private static byte[] converted(byte[] file, long pixels)
      throws ImageHeader.UnusableImageException {
    byte[] head = ByteWindow.head(file, ForeignFormat.HEAD_BYTES);
    Optional<ForeignFormat> format = ForeignFormat.of(head);
    if (format.isEmpty()) {
      return file;
    }
    if (!format.get().isReadable()) {
      throw ImageHeader.foreign(format.get());
    }
    return ForeignImage.toPng(file, format.get(), pixels);
  }

  private static byte[] turned(byte[] file, int orientation)
      throws ImageHeader.UnusableImageException {
    try (Graph graph = Graphs.create();
        TString bytes = TString.tensorOfBytes(NdArrays.scalarOfObject(file))) {
      Ops tf = GraphScope.ops(graph);
      Operand<TString> input = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      // The decoder of exported graphs, which also decodes PNG.
      Operand<TUint8> stored = Images.decodeJpeg(tf, input);
      Operand<TUint8> upright = Orientation.apply(tf, stored, tf.constant(orientation));
      Operand<TString> png = tf.image.encodePng(upright, EncodePng.compression(PNG_COMPRESSION));
      try (Session session = Sessions.unoptimised(graph);
          Result result = session.runner().feed(input, bytes).fetch(png).run()) {
        return ((TString) result.get(0)).asBytes().getObject();
      }
    } catch (RuntimeException undecodable) {
      // TensorFlow's exceptions have no common type.
      throw new ImageHeader.UnusableImageException("is a damaged image that cannot be decoded");
    }
  }
}
