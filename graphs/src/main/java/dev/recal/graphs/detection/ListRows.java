package dev.recal.graphs.detection;

import dev.recal.ops.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Rows of lists, of which each image has one. */
final class ListRows {

  private ListRows() {}

  /**
   * Gathers rows of each list, from all lists as one: OpenVINO's gather of a batch crashes.
   *
   * @param lists (N, A, C), C static
   * @param indices (N, k), each from 0 to A − 1
   * @return (N, k, C)
   */
  static Operand<TFloat32> gather(Ops tf, Operand<TFloat32> lists, Operand<TInt32> indices) {
    int values = Math.toIntExact(lists.shape().get(2));
    Operand<TFloat32> rows = tf.reshape(lists, tf.constant(new int[] {-1, values}));
    Operand<TInt32> first = tf.constant(0);
    if (lists.shape().get(0) == 1) {
      return tf.gather(rows, indices, first);
    }
    Operand<TInt32> lengths =
        tf.math.mul(
            tf.range(first, Shapes.size(tf, lists, 0), tf.constant(1)), Shapes.size(tf, lists, 1));
    Operand<TInt32> places = tf.math.add(indices, tf.expandDims(lengths, tf.constant(1)));
    return tf.gather(rows, places, first);
  }
}
