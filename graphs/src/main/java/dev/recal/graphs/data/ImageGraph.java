package dev.recal.graphs.data;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Ops on single images. Resizing is bilinear with antialiasing, as Pillow and torchvision do it: a
 * triangle as wide as the reduction, pixel centres at halves, the result rounded to 0–255.
 */
final class ImageGraph {
  /** libjpeg's accurate inverse transform, which Pillow uses too. */
  static final String DCT_METHOD = "INTEGER_ACCURATE";

  private ImageGraph() {}

  /** A tensor of strings whose type got lost in a list of operands. */
  @SuppressWarnings("unchecked")
  static Operand<TString> strings(Operand<?> operand) {
    if (operand.type() != TString.class) {
      throw new IllegalStateException("Expected strings, but got " + operand.type() + ".");
    }
    return (Operand<TString>) operand;
  }

  /** Another typed view of an operand from a list of operands. */
  @SuppressWarnings("unchecked")
  static <T extends TType> Operand<T> typed(Operand<?> operand, Class<T> type) {
    if (operand.type() != type) {
      throw new IllegalStateException("Expected " + type + ", but got " + operand.type() + ".");
    }
    return (Operand<T>) operand;
  }

  /**
   * Decodes JPEG, PNG, GIF (first frame) or BMP to height×width×3. Grey becomes three equal
   * channels, CMYK is converted, and transparency is dropped.
   */
  static Operand<TUint8> decode(Ops tf, Operand<TString> bytes, boolean onlyJpeg) {
    if (onlyJpeg) {
      return tf.image.decodeJpeg(bytes, DecodeJpeg.channels(3L), DecodeJpeg.dctMethod(DCT_METHOD));
    }
    return tf.image.decodeImage(
        bytes, TUint8.class, DecodeImage.channels(3L), DecodeImage.expandAnimations(false));
  }

  /** Height and width of an image, each a scalar. */
  record Size(Operand<TInt32> height, Operand<TInt32> width) {
    static Size of(Ops tf, Operand<TUint8> image) {
      return ofShape(tf, tf.shape(image));
    }

    /** From a vector that begins with height and width. */
    static Size ofShape(Ops tf, Operand<TInt32> shape) {
      Operand<TInt32> axis = tf.constant(0);
      return new Size(
          tf.gather(shape, tf.constant(0), axis), tf.gather(shape, tf.constant(1), axis));
    }
  }

  /** The whole image at another size. */
  static Operand<TUint8> resize(Ops tf, Operand<TUint8> image, int height, int width) {
    Size size = Size.of(tf, image);
    Operand<TFloat32> scale =
        tf.stack(
            List.of(
                tf.math.div(tf.constant((float) height), floats(tf, size.height())),
                tf.math.div(tf.constant((float) width), floats(tf, size.width()))));
    return resample(tf, image, scale, tf.constant(new float[2]), height, width);
  }

  /**
   * The shorter side resized to a length and the centre cut out, in one pass over the pixels. Sizes
   * and places are rounded as in torchvision: {@code int(resize · long / short)} for the longer
   * side, {@code round(half the rest)} for the margin.
   */
  static Operand<TUint8> resizeShorterSideAndCrop(
      Ops tf, Operand<TUint8> image, int resize, int height, int width) {
    Operand<TInt32> sides =
        tf.slice(tf.shape(image), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    Operand<TInt32> shorter = tf.min(sides, tf.constant(0));
    // Doubles, so that a product of two sides is exact and rounds down as it does in Python.
    Operand<TInt32> resized =
        tf.dtypes.cast(
            tf.math.floor(
                tf.math.div(
                    tf.math.mul(
                        tf.constant((double) resize), tf.dtypes.cast(sides, TFloat64.class)),
                    tf.dtypes.cast(shorter, TFloat64.class))),
            TInt32.class);
    Operand<TFloat32> scale = tf.math.div(floats(tf, resized), floats(tf, sides));
    Operand<TFloat32> rest =
        floats(tf, tf.math.sub(resized, tf.constant(new int[] {height, width})));
    Operand<TFloat32> margin = tf.math.rint(tf.math.mul(rest, tf.constant(0.5f)));
    return resample(tf, image, scale, tf.math.neg(margin), height, width);
  }

  private static Operand<TUint8> resample(
      Ops tf,
      Operand<TUint8> image,
      Operand<TFloat32> scale,
      Operand<TFloat32> translation,
      int height,
      int width) {
    Operand<TFloat32> resized =
        tf.image.scaleAndTranslate(
            tf.expandDims(image, tf.constant(0)),
            tf.constant(new int[] {height, width}),
            scale,
            translation,
            ScaleAndTranslate.kernelType("triangle"),
            ScaleAndTranslate.antialias(true));
    Operand<TFloat32> rounded =
        tf.clipByValue(
            tf.math.floor(tf.math.add(resized, tf.constant(0.5f))),
            tf.constant(0f),
            tf.constant(255f));
    return tf.reshape(
        tf.dtypes.cast(rounded, TUint8.class), tf.constant(new int[] {height, width, 3}));
  }

  static Operand<TFloat32> floats(Ops tf, Operand<TInt32> integers) {
    return tf.dtypes.cast(integers, TFloat32.class);
  }
}
