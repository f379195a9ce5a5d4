package dev.recal.graphs.detection.loss;

import dev.recal.ops.Shapes;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Rows of tensors of a batch. */
final class Rows {

  private Rows() {}

  /**
   * Returns some rows of each image.
   *
   * @param values (N, A, …)
   * @param indices (N, S)
   * @return (N, S, …)
   */
  static <T extends TType> Operand<T> ofImages(Ops tf, Operand<T> values, Operand<TInt32> indices) {
    return tf.gather(values, indices, tf.constant(1), Gather.batchDims(1L));
  }

  /**
   * Returns rows that all images share, for each of them.
   *
   * @param values (A, …)
   * @param indices (N, S)
   * @return (N, S, …)
   */
  static <T extends TType> Operand<T> shared(Ops tf, Operand<T> values, Operand<TInt32> indices) {
    return tf.gather(values, indices, tf.constant(0));
  }

  /**
   * Joins the first two dimensions.
   *
   * @param values (N, S, …)
   * @return (N · S, …)
   */
  static <T extends TType> Operand<T> flat(Ops tf, Operand<T> values) {
    Shape shape = values.shape();
    int[] sizes = new int[shape.numDimensions() - 1];
    sizes[0] = -1;
    boolean known = true;
    for (int i = 1; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(shape.get(i + 1));
      known &= sizes[i] != Shape.UNKNOWN_SIZE;
    }
    if (known) {
      return tf.reshape(values, tf.constant(sizes));
    }
    Operand<TInt32> others =
        tf.slice(tf.shape(values), tf.constant(new int[] {2}), tf.constant(new int[] {-1}));
    return tf.reshape(
        values, tf.concat(List.of(tf.constant(new int[] {-1}), others), tf.constant(0)));
  }

  /**
   * Returns the index of the image of each flat row.
   *
   * @param values (N, S, …)
   * @return (N · S): 0 S times, 1 S times …
   */
  static Operand<TInt32> images(Ops tf, Operand<?> values) {
    Operand<TInt32> axis = tf.constant(0);
    Operand<TInt32> images = Shapes.size(tf, values, 0);
    Operand<TInt32> rows = Shapes.size(tf, values, 1);
    Operand<TInt32> all = tf.range(axis, tf.math.mul(images, rows), tf.constant(1));
    return tf.math.div(all, rows);
  }
}
