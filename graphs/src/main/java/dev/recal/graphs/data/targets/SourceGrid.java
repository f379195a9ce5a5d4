package dev.recal.graphs.data.targets;

import dev.recal.ops.image.Placement;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The source pixels of a regular grid of positions in the delivered image. They may be outside the
 * source.
 *
 * @param lines for each row of the grid its line, (1 or objects, rows)
 * @param columns for each column of the grid its column, (1 or objects, columns)
 */
record SourceGrid(Operand<TInt32> lines, Operand<TInt32> columns) {

  /**
   * The centres of all pixels of the delivered image; the same for all objects.
   *
   * @param canvas height and width of the delivered image, (2)
   */
  static SourceGrid ofImage(Ops tf, Placement placement, Operand<TInt32> canvas) {
    Operand<TInt32> zero = tf.constant(0);
    return new SourceGrid(
        source(tf, placement, 0, centres(tf, tf.gather(canvas, zero, zero))),
        source(tf, placement, 1, centres(tf, tf.gather(canvas, tf.constant(1), zero))));
  }

  /**
   * Places spread evenly over boxes.
   *
   * @param boxes in the delivered image, (objects, 4)
   * @param size rows and columns of the grid
   */
  static SourceGrid ofBoxes(Ops tf, Placement placement, Operand<TFloat32> boxes, int size) {
    return new SourceGrid(
        source(tf, placement, 0, within(tf, boxes, 0, size)),
        source(tf, placement, 1, within(tf, boxes, 1, size)));
  }

  /** 0.5, 1.5, …, (1, count). */
  private static Operand<TFloat32> centres(Ops tf, Operand<TInt32> count) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TFloat32> corners =
        tf.dtypes.cast(tf.range(zero, count, tf.constant(1)), TFloat32.class);
    return tf.expandDims(tf.math.add(corners, tf.constant(0.5f)), zero);
  }

  private static Operand<TFloat32> within(Ops tf, Operand<TFloat32> boxes, int axis, int size) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TFloat32> from = tf.expandDims(tf.gather(boxes, tf.constant(axis), one), one);
    Operand<TFloat32> to = tf.expandDims(tf.gather(boxes, tf.constant(axis + 2), one), one);
    Operand<TFloat32> share = tf.math.mul(centres(tf, tf.constant(size)), tf.constant(1f / size));
    return tf.math.add(from, tf.math.mul(tf.math.sub(to, from), share));
  }

  private static Operand<TInt32> source(
      Ops tf, Placement placement, int axis, Operand<TFloat32> places) {
    Operand<TInt32> index = tf.constant(axis);
    Operand<TInt32> zero = tf.constant(0);
    Operand<TFloat32> scale = tf.gather(placement.scale(), index, zero);
    Operand<TFloat32> translation = tf.gather(placement.translation(), index, zero);
    Operand<TFloat32> source = tf.math.div(tf.math.sub(places, translation), scale);
    return tf.dtypes.cast(tf.math.floor(source), TInt32.class);
  }
}
