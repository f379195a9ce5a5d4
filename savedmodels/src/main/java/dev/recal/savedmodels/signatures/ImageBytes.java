package dev.recal.savedmodels.signatures;

import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.MapDefun;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.dtypes.Cast;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * Images from the bytes of their files, inside the graph and for any number of files at once.
 *
 * <p>JPEG and PNG, grey, RGB, RGBA (the alpha channel is dropped) and CMYK become RGB. The shorter
 * side is scaled and the centre cut out in one operation, so that an image of one row and a
 * thousand columns costs no more than any other.
 */
public final class ImageBytes {

  private static final float WHITE = 255f;

  private ImageBytes() {}

  /**
   * How an image is brought to its size.
   *
   * @param size the side of the result, in pixels
   * @param shorterSide to what the image's shorter side is scaled before the centre of {@code size}
   *     by {@code size} is cut out; at least {@code size}
   * @param antialias whether a shrunk image is an average of all its pixels, as PIL does it; else
   *     every result pixel is interpolated from its four neighbours
   */
  public record Settings(int size, int shorterSide, boolean antialias) {

    /** Refuses crops greater than the image. */
    public Settings {
      if (size < 1) {
        throw new IllegalArgumentException("size: expected at least 1, but " + size + " came.");
      }
      if (shorterSide < size) {
        throw new IllegalArgumentException(
            "shorterSide: expected at least the size " + size + ", but " + shorterSide + " came.");
      }
    }
  }

  /**
   * Adds the decoding of a batch; the files of a batch are decoded side by side.
   *
   * @param bytes of shape (N)
   * @return images of shape (N, size, size, 3) with values from 0 to 1
   */
  public static Operand<TFloat32> decode(Ops tf, Operand<TString> bytes, Settings settings) {
    Shape shape = Shape.of(settings.size(), settings.size(), 3);
    try (ConcreteFunction one = ConcreteFunction.create(inner -> decodeOne(inner, settings))) {
      MapDefun images =
          MapDefun.create(
              tf.scope(), List.of(bytes), List.of(), List.of(TFloat32.class), List.of(shape), one);
      return typed(images.output().get(0));
    }
  }

  private static Signature decodeOne(Ops tf, Settings settings) {
    Placeholder<TString> bytes =
        tf.withName("bytes").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    Operand<TFloat32> image = decodeOne(tf, bytes, settings);
    return Signature.builder("decode").input("bytes", bytes).output("image", image).build();
  }

  /**
   * Adds the decoding of one file, for use in a function of one's own.
   *
   * @param bytes a scalar
   * @return an image of shape (size, size, 3) with values from 0 to 1
   */
  public static Operand<TFloat32> decodeOne(Ops tf, Operand<TString> bytes, Settings settings) {
    // In spite of its name it decodes PNG as well, and it is there in every TensorFlow.
    Operand<TFloat32> pixels =
        Cast.create(
            tf.scope(), tf.image.decodeJpeg(bytes, DecodeJpeg.channels(3L)), TFloat32.class);
    Operand<TInt32> sides = tf.slice(tf.shape(pixels), tf.array(0), tf.array(2));
    Operand<TFloat32> extent = tf.dtypes.cast(sides, TFloat32.class);
    Operand<TFloat32> shorter = tf.reduceMin(extent, tf.array(0));
    Operand<TFloat32> scale = tf.math.div(tf.constant((float) settings.shorterSide()), shorter);
    Operand<TFloat32> size = tf.constant((float) settings.size());
    Operand<TFloat32> translation =
        tf.math.div(tf.math.sub(size, tf.math.mul(extent, scale)), tf.constant(2f));
    Operand<TFloat32> resized =
        tf.image.scaleAndTranslate(
            tf.expandDims(pixels, tf.constant(0)),
            tf.array(settings.size(), settings.size()),
            tf.stack(List.of(scale, scale)),
            translation,
            ScaleAndTranslate.kernelType("triangle"),
            ScaleAndTranslate.antialias(settings.antialias()));
    Operand<TFloat32> image = tf.reshape(resized, tf.array(settings.size(), settings.size(), 3));
    return tf.math.div(image, tf.constant(WHITE));
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> typed(Operand<?> operand) {
    return (Operand<TFloat32>) operand;
  }
}
