package dev.recal.graphs.data.pipeline;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Uniform random numbers in which the row of an image depends only on a key and on the image's
 * position in the epoch. The position is the counter of the Philox generator, whose blocks have
 * four numbers, so a row is the same whether it is computed alone or in a batch.
 */
final class RandomRows {
  private static final int PHILOX = 1;
  private static final int BLOCK = 4;

  private RandomRows() {}

  /**
   * Adds the ops.
   *
   * @param key scalar
   * @param first position of the first row, a scalar
   * @param rows how many rows, a scalar
   * @param columns numbers in a row, a multiple of 4
   * @return rows×columns in [0, 1)
   */
  static Operand<TFloat32> uniform(
      Ops tf, Operand<TInt64> key, Operand<TInt64> first, Operand<TInt32> rows, int columns) {
    requireBlocks(columns);
    return tf.random.statelessRandomUniformV2(
        tf.stack(List.of(rows, tf.constant(columns))),
        unsigned(tf, tf.expandDims(key, tf.constant(0))),
        counter(tf, first, columns),
        tf.constant(PHILOX),
        TFloat32.class);
  }

  /** The same for normally distributed numbers of mean 0 and deviation 1. */
  static Operand<TFloat32> normal(
      Ops tf, Operand<TInt64> key, Operand<TInt64> first, Operand<TInt32> rows, int columns) {
    requireBlocks(columns);
    return tf.random.statelessRandomNormalV2(
        tf.stack(List.of(rows, tf.constant(columns))),
        unsigned(tf, tf.expandDims(key, tf.constant(0))),
        counter(tf, first, columns),
        tf.constant(PHILOX),
        TFloat32.class);
  }

  private static void requireBlocks(int columns) {
    if (columns % BLOCK != 0) {
      throw new IllegalArgumentException(
          "columns: expected a multiple of 4, but got " + columns + ".");
    }
  }

  private static Output<? extends TType> counter(Ops tf, Operand<TInt64> first, int columns) {
    Operand<TInt64> counter = tf.math.mul(first, tf.constant((long) columns / BLOCK));
    return unsigned(tf, tf.stack(List.of(counter, tf.constant(0L))));
  }

  /** Reinterprets the bits as uint64, for which TensorFlow Java has no class. */
  private static Output<? extends TType> unsigned(Ops tf, Operand<TInt64> value) {
    return tf.scope()
        .opBuilder("Bitcast", "Unsigned")
        .addInput(value.asOutput())
        .setAttr("type", DataType.DT_UINT64)
        .build()
        .output(0);
  }

  /** One column, a vector. */
  static Operand<TFloat32> column(Ops tf, Operand<TFloat32> rows, int column) {
    return tf.gather(rows, tf.constant(column), tf.constant(1));
  }
}
