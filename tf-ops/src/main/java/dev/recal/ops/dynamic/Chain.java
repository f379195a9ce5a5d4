package dev.recal.ops.dynamic;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Empty;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Parts of a computation that run one after another, so that the buffers of only one of them are in
 * memory. TensorFlow would start all of them at once.
 */
final class Chain {

  private final Ops tf;
  private List<Operand<?>> before = List.of();

  Chain(Ops tf) {
    this.tf = tf;
  }

  /** Returns a value that the next part is computed from; it is there after the last one. */
  <T extends TType> Operand<T> next(Operand<T> value) {
    // In a backward pass, TensorFlow Java's withControlDependencies ends the JVM.
    OperationBuilder builder = tf.scope().opBuilder("Identity", "Next");
    builder.addInput(value.asOutput());
    before.forEach(last -> builder.addControlInput(last.asOutput().op()));
    return builder.build().<T>output(0);
  }

  /**
   * Adds to a sum, in its memory. TensorFlow would turn additions of several parts into one that
   * waits for all of them.
   *
   * <p>Not for rows that occur several times: on a GPU they would be added at the same time.
   *
   * @param sum the result of an operation that nothing else reads
   */
  static Operand<TFloat32> added(Ops tf, Operand<TFloat32> sum, Operand<TFloat32> value) {
    Operand<TInt32> flat = tf.constant(new int[] {1, -1});
    Operand<TFloat32> total =
        tf.inplaceAdd(tf.reshape(sum, flat), tf.constant(new int[] {0}), tf.reshape(value, flat));
    return tf.reshape(total, tf.shape(value));
  }

  /** Returns zeros in memory of their own, which operations in place may write. */
  static Operand<TFloat32> zeros(Ops tf, Operand<TInt32> shape) {
    return tf.empty(shape, TFloat32.class, Empty.init(true));
  }

  /** Ends a part with the values that need all the rest of it. */
  void end(Operand<?>... last) {
    before = List.of(last);
  }
}
