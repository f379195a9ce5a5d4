package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.items.MapFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The items of a batch of an epoch.
 *
 * @param first the position of the first item in the epoch, a scalar
 * @param count how many, a scalar
 * @param items their indices
 */
record EpochRows(Operand<TInt64> first, Operand<TInt32> count, Operand<TInt32> items) {
  static final String BATCH = "batch";

  /**
   * Adds the ops.
   *
   * @param arguments holds the number of the batch and the items of the epoch
   * @param settings with the size of a batch and the part of it
   * @param all items of an epoch
   */
  static EpochRows of(
      Ops tf, MapFunction.Arguments arguments, PipelineSettings settings, long all) {
    Operand<TInt64> size = tf.constant((long) settings.delivered());
    Operand<TInt64> first =
        tf.math.mul(arguments.get(BATCH, TInt64.class), tf.constant((long) settings.batch()));
    if (settings.share().index() > 0) {
      long before = (long) settings.share().index() * settings.delivered();
      first = tf.math.add(first, tf.constant(before));
    }
    Operand<TInt64> rest = tf.math.sub(tf.constant(all), first);
    Operand<TInt32> begin = tf.dtypes.cast(first, TInt32.class);
    Operand<TInt32> n = tf.dtypes.cast(tf.math.minimum(size, rest), TInt32.class);
    Operand<TInt32> items =
        tf.slice(
            arguments.get(PipelineGraph.EPOCH_ITEMS, TInt32.class),
            tf.expandDims(begin, tf.constant(0)),
            tf.expandDims(n, tf.constant(0)));
    return new EpochRows(first, n, items);
  }
}
