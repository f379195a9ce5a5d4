package dev.recal.graphs.data.targets;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A delivered image each of whose pixels is one of the stored image, or 0 beyond its border. */
final class NearestPixels {
  private NearestPixels() {}

  /**
   * Adds the ops.
   *
   * @param height of the delivered image, −1 if it varies
   * @param width of the delivered image, −1 if it varies
   */
  static Operand<TUint8> of(
      Ops tf, Operand<TUint8> image, Geometry geometry, int height, int width) {
    Operand<TInt32> sides =
        tf.slice(tf.shape(image), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    SourceGrid grid = SourceGrid.ofImage(tf, geometry.placement(tf, sides), geometry.canvas(tf));
    // One pixel of zeros around the image takes all places beyond its border.
    Operand<TUint8> bordered =
        tf.pad(
            image,
            tf.constant(new int[][] {{1, 1}, {1, 1}, {0, 0}}),
            tf.dtypes.cast(tf.constant(0), TUint8.class));
    Operand<TInt32> lines =
        bordered(tf, grid.lines(), tf.gather(sides, tf.constant(0), tf.constant(0)));
    Operand<TInt32> columns =
        bordered(tf, grid.columns(), tf.gather(sides, tf.constant(1), tf.constant(0)));
    Operand<TUint8> rows = tf.gather(bordered, lines, tf.constant(0));
    return tf.ensureShape(tf.gather(rows, columns, tf.constant(1)), Shape.of(height, width, 3));
  }

  private static Operand<TInt32> bordered(Ops tf, Operand<TInt32> places, Operand<TInt32> size) {
    Operand<TInt32> clipped = tf.math.maximum(tf.math.minimum(places, size), tf.constant(-1));
    return tf.reshape(tf.math.add(clipped, tf.constant(1)), tf.constant(new int[] {-1}));
  }
}
