package dev.recal.graphs.data.items;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The ops that turn an image upright by the orientation in its EXIF data: stored rows and columns
 * are reversed where the orientation says so, and then exchanged from 5 on.
 */
public final class Orientation {
  /** By the orientation 0–8, of which 0 does not occur: 1 as stored, −1 reversed. */
  private static final int[][] STRIDES = {
    {1, 1, 1},
    {1, 1, 1},
    {1, -1, 1},
    {-1, -1, 1},
    {-1, 1, 1},
    {1, 1, 1},
    {-1, 1, 1},
    {-1, -1, 1},
    {1, -1, 1}
  };

  private static final int FIRST_TRANSPOSED = 5;
  private static final int[][] AXES = new int[STRIDES.length][];

  static {
    for (int i = 0; i < AXES.length; i++) {
      AXES[i] = isTurned(i) ? new int[] {1, 0, 2} : new int[] {0, 1, 2};
    }
  }

  private Orientation() {}

  /** Whether height and width are exchanged. */
  public static boolean isTurned(int orientation) {
    return orientation >= FIRST_TRANSPOSED;
  }

  /** Whether the stored rows run upwards. */
  static boolean reversesRows(int orientation) {
    return STRIDES[orientation][0] < 0;
  }

  /** Whether the stored columns run to the left. */
  static boolean reversesColumns(int orientation) {
    return STRIDES[orientation][1] < 0;
  }

  /**
   * Adds ops that turn an image upright.
   *
   * @param image as it is stored, (height, width, 3)
   * @param orientation 1–8, a scalar
   * @return (height, width, 3) or (width, height, 3)
   */
  public static Operand<TUint8> apply(Ops tf, Operand<TUint8> image, Operand<TInt32> orientation) {
    long all = 0b111;
    Operand<TInt32> none = tf.constant(new int[3]);
    Operand<TUint8> reversed =
        tf.stridedSlice(
            image,
            none,
            none,
            row(tf, STRIDES, orientation),
            StridedSlice.beginMask(all),
            StridedSlice.endMask(all));
    return tf.linalg.transpose(reversed, row(tf, AXES, orientation));
  }

  /**
   * Returns height and width of the upright image.
   *
   * @param stored height and width, then anything
   */
  public static Operand<TInt32> sides(Ops tf, Operand<TInt32> stored, Operand<TInt32> orientation) {
    Operand<TInt32> axes =
        tf.slice(row(tf, AXES, orientation), tf.constant(new int[] {0}), two(tf));
    return tf.gather(stored, axes, tf.constant(0));
  }

  /**
   * Returns where a part of the upright image is stored.
   *
   * @param box of the part: top, left, height, width, (4)
   * @param stored height and width of the stored image, then anything
   * @return the same of the stored part, (4)
   */
  public static Operand<TInt32> storedBox(
      Ops tf, Operand<TInt32> box, Operand<TInt32> stored, Operand<TInt32> orientation) {
    Operand<TInt32> axis = tf.constant(0);
    Operand<TInt32> first = tf.constant(new int[] {0});
    Operand<TInt32> axes = tf.slice(row(tf, AXES, orientation), first, two(tf));
    Operand<TInt32> corner = tf.gather(tf.slice(box, first, two(tf)), axes, axis);
    Operand<TInt32> size = tf.gather(tf.slice(box, two(tf), two(tf)), axes, axis);
    Operand<TInt32> rest = tf.math.sub(tf.math.sub(tf.slice(stored, first, two(tf)), corner), size);
    Operand<TInt32> strides = tf.slice(row(tf, STRIDES, orientation), first, two(tf));
    Operand<TInt32> begin = tf.select(tf.math.less(strides, tf.constant(new int[2])), rest, corner);
    return tf.concat(List.of(begin, size), axis);
  }

  private static Operand<TInt32> two(Ops tf) {
    return tf.constant(new int[] {2});
  }

  private static Operand<TInt32> row(Ops tf, int[][] table, Operand<TInt32> index) {
    return tf.gather(tf.constant(table), index, tf.constant(0));
  }
}
