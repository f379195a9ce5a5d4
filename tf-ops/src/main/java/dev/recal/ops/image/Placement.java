package dev.recal.ops.image;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * The placement of an image in a picture made from it: a position p of the image, in pixels from
 * its top left corner, maps to {@code p · scale + translation}. The centre of the first pixel is at
 * one half. A negative scale mirrors.
 *
 * @param scale along height and width, (2)
 * @param translation along height and width in pixels of the picture, (2)
 */
public record Placement(Operand<TFloat32> scale, Operand<TFloat32> translation) {

  /**
   * Stretches the whole image over the picture.
   *
   * @param sides height and width of the image, (2)
   * @param height of the picture in pixels
   * @param width of the picture in pixels
   */
  public static Placement stretched(Ops tf, Operand<TInt32> sides, int height, int width) {
    Operand<TFloat32> scale =
        tf.math.div(tf.constant(new float[] {height, width}), floats(tf, sides));
    return new Placement(scale, tf.constant(new float[2]));
  }

  /**
   * Stretches the whole image over a picture, or over a part at its top left.
   *
   * @param sides height and width of the image, (2)
   * @param size height and width of that part, (2)
   */
  public static Placement stretched(Ops tf, Operand<TInt32> sides, Operand<TInt32> size) {
    Operand<TFloat32> scale = tf.math.div(floats(tf, size), floats(tf, sides));
    return new Placement(scale, tf.constant(new float[2]));
  }

  /**
   * Resizes the shorter side and lays the centre into the picture. Sizes and positions are rounded
   * as in torchvision: {@code int(resize · long / short)} for the longer side, {@code round(half
   * the rest)} for the margin.
   *
   * @param sides height and width of the image, (2)
   * @param resize length of the shorter side in pixels, at least height and width
   * @param height of the picture in pixels
   * @param width of the picture in pixels
   */
  public static Placement centred(
      Ops tf, Operand<TInt32> sides, int resize, int height, int width) {
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
    return new Placement(scale, tf.math.neg(margin));
  }

  /**
   * Maps positions of the image.
   *
   * @param places height and width along the last axis, (…, 2)
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> places) {
    return tf.math.add(tf.math.mul(places, scale), translation);
  }

  /**
   * Returns the composition with the placement of a picture made from this one.
   *
   * @param next places the picture
   */
  public Placement then(Ops tf, Placement next) {
    return new Placement(tf.math.mul(scale, next.scale), next.apply(tf, translation));
  }

  private static Operand<TFloat32> floats(Ops tf, Operand<TInt32> integers) {
    return tf.dtypes.cast(integers, TFloat32.class);
  }
}
