package dev.recal.savedmodels.signatures;

import java.util.List;
import java.util.OptionalInt;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.MapDefun;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.DecodeJpeg;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;

/**
 * Images from the bytes of their files, inside the graph and for any number of files at once.
 *
 * <p>JPEG and PNG, grey, RGB, RGBA (the alpha channel is dropped) and CMYK become RGB. Scaling is
 * bilinear with antialiasing, sizes, margins and values are rounded as Pillow and torchvision do it
 * and as the data pipeline of this project does, so that a served model sees what it was evaluated
 * on. Scaling and cutting are one operation: an image of one row and a thousand columns costs no
 * more than any other.
 */
public final class ImageBytes {

  private static final float WHITE = 255f;
  // libjpeg's accurate inverse transform, which Pillow uses too.
  private static final String DCT_METHOD = "INTEGER_ACCURATE";

  private ImageBytes() {}

  /**
   * How an image is brought to its size.
   *
   * @param height of the result, in pixels
   * @param width of the result, in pixels
   * @param shorterSide to what the image's shorter side is scaled before the centre is cut out; at
   *     least the result's sides. Where it is empty, the whole image is scaled to the result,
   *     whatever its ratio
   */
  public record Settings(int height, int width, OptionalInt shorterSide) {

    /** Refuses crops greater than the image. */
    public Settings {
      if (height < 1 || width < 1) {
        throw new IllegalArgumentException(
            String.format(
                "height, width: expected at least 1, but %d and %d came.", height, width));
      }
      int longest = Math.max(height, width);
      if (shorterSide.orElse(longest) < longest) {
        throw new IllegalArgumentException(
            String.format(
                "shorterSide: expected at least the result's %d, but %d came.",
                longest, shorterSide.getAsInt()));
      }
    }

    /** The whole image, whatever its ratio. */
    public static Settings whole(int height, int width) {
      return new Settings(height, width, OptionalInt.empty());
    }

    /** The centre of the image, after its shorter side was scaled. */
    public static Settings centre(int size, int shorterSide) {
      return new Settings(size, size, OptionalInt.of(shorterSide));
    }
  }

  /**
   * Adds the decoding of a batch; the files of a batch are decoded side by side.
   *
   * @param bytes of shape (N)
   * @return images of shape (N, height, width, 3) with values from 0 to 1
   */
  public static Operand<TFloat32> decode(Ops tf, Operand<TString> bytes, Settings settings) {
    Shape shape = Shape.of(settings.height(), settings.width(), 3);
    try (ConcreteFunction one = ConcreteFunction.create(inner -> signature(inner, settings))) {
      MapDefun images =
          MapDefun.create(
              tf.scope(), List.of(bytes), List.of(), List.of(TFloat32.class), List.of(shape), one);
      return typed(images.output().get(0));
    }
  }

  private static Signature signature(Ops tf, Settings settings) {
    Placeholder<TString> bytes =
        tf.withName("bytes").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    Operand<TFloat32> image = decodeOne(tf, bytes, settings);
    return Signature.builder("decode").input("bytes", bytes).output("image", image).build();
  }

  /**
   * Adds the decoding of one file, for use in a function of one's own.
   *
   * @param bytes a scalar
   * @return an image of shape (height, width, 3) with values from 0 to 1
   */
  public static Operand<TFloat32> decodeOne(Ops tf, Operand<TString> bytes, Settings settings) {
    // In spite of its name it decodes PNG as well, and every TensorFlow has it.
    Operand<TUint8> pixels =
        tf.image.decodeJpeg(bytes, DecodeJpeg.channels(3L), DecodeJpeg.dctMethod(DCT_METHOD));
    Operand<TInt32> sides = tf.slice(tf.shape(pixels), tf.array(0), tf.array(2));
    Operand<TInt32> size = tf.array(settings.height(), settings.width());
    Operand<TInt32> scaled =
        settings.shorterSide().isPresent()
            ? scaledSides(tf, sides, settings.shorterSide().getAsInt())
            : size;
    Operand<TFloat32> scale = tf.math.div(floats(tf, scaled), floats(tf, sides));
    Operand<TFloat32> margin =
        tf.math.rint(tf.math.mul(floats(tf, tf.math.sub(scaled, size)), tf.constant(0.5f)));
    Operand<TFloat32> resized =
        tf.image.scaleAndTranslate(
            tf.expandDims(pixels, tf.constant(0)),
            size,
            scale,
            tf.math.neg(margin),
            ScaleAndTranslate.kernelType("triangle"),
            ScaleAndTranslate.antialias(true));
    Operand<TFloat32> rounded =
        tf.clipByValue(
            tf.math.floor(tf.math.add(resized, tf.constant(0.5f))),
            tf.constant(0f),
            tf.constant(WHITE));
    Operand<TFloat32> image = tf.reshape(rounded, tf.array(settings.height(), settings.width(), 3));
    return tf.math.div(image, tf.constant(WHITE));
  }

  // In doubles, so that a product of two sides is exact and rounds down as it does in Python.
  private static Operand<TInt32> scaledSides(Ops tf, Operand<TInt32> sides, int shorterSide) {
    Operand<TFloat64> exact = tf.dtypes.cast(sides, TFloat64.class);
    Operand<TFloat64> shorter = tf.min(exact, tf.constant(0));
    Operand<TFloat64> scaled =
        tf.math.div(tf.math.mul(tf.constant((double) shorterSide), exact), shorter);
    return tf.dtypes.cast(tf.math.floor(scaled), TInt32.class);
  }

  private static Operand<TFloat32> floats(Ops tf, Operand<TInt32> integers) {
    return tf.dtypes.cast(integers, TFloat32.class);
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> typed(Operand<?> operand) {
    return (Operand<TFloat32>) operand;
  }
}
