package dev.recal.ops.detection;

import dev.recal.ops.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * Rows and columns of a feature map: constants if they are known when the graph is built.
 *
 * @param rows a scalar
 * @param columns a scalar
 */
record MapSize(Operand<TInt32> rows, Operand<TInt32> columns) {

  static MapSize of(Ops tf, Operand<?> map) {
    if (Shapes.hasStaticSize(map)) {
      return new MapSize(tf.constant(Shapes.height(map)), tf.constant(Shapes.width(map)));
    }
    Operand<TInt32> shape = tf.shape(map);
    return new MapSize(
        tf.gather(shape, tf.constant(1), tf.constant(0)),
        tf.gather(shape, tf.constant(2), tf.constant(0)));
  }
}
