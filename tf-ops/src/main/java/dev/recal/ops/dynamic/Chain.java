package dev.recal.ops.dynamic;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
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

  /** Ends a part with the values that need all the rest of it. */
  void end(Operand<?>... last) {
    before = List.of(last);
  }
}
