package dev.recal.graphs.data.items;

import dev.recal.ops.image.Images;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.DecodeImage;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** Further ops on single images for pipelines, in addition to {@link Images}. */
public final class ImageGraph {
  private ImageGraph() {}

  /** A tensor of strings whose type got lost in a list of operands. */
  @SuppressWarnings("unchecked")
  public static Operand<TString> strings(Operand<?> operand) {
    if (operand.type() != TString.class) {
      throw new IllegalStateException("Expected strings, but got " + operand.type() + ".");
    }
    return (Operand<TString>) operand;
  }

  /** Another typed view of an operand from a list of operands. */
  @SuppressWarnings("unchecked")
  public static <T extends TType> Operand<T> typed(Operand<?> operand, Class<T> type) {
    if (operand.type() != type) {
      throw new IllegalStateException("Expected " + type + ", but got " + operand.type() + ".");
    }
    return (Operand<T>) operand;
  }

  /**
   * Decodes JPEG, PNG, GIF (first frame) or BMP to height×width×3. Grey becomes three equal
   * channels, CMYK is converted, and transparency is dropped.
   */
  public static Operand<TUint8> decode(Ops tf, Operand<TString> bytes, boolean onlyJpeg) {
    if (onlyJpeg) {
      return Images.decodeJpeg(tf, bytes);
    }
    return tf.image.decodeImage(
        bytes, TUint8.class, DecodeImage.channels(3L), DecodeImage.expandAnimations(false));
  }

  /** Height and width of an image, each a scalar. */
  public record Size(Operand<TInt32> height, Operand<TInt32> width) {
    public static Size of(Ops tf, Operand<TUint8> image) {
      return ofShape(tf, tf.shape(image));
    }

    /** From a vector that begins with height and width. */
    public static Size ofShape(Ops tf, Operand<TInt32> shape) {
      Operand<TInt32> axis = tf.constant(0);
      return new Size(
          tf.gather(shape, tf.constant(0), axis), tf.gather(shape, tf.constant(1), axis));
    }
  }

  public static Operand<TFloat32> floats(Ops tf, Operand<TInt32> integers) {
    return tf.dtypes.cast(integers, TFloat32.class);
  }
}
