package dev.recal.graphs.optimisation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Operations that run only under a condition, in TensorFlow's own control flow: an operation that
 * depends on the branch of a {@code Switch} that was not taken does not run, and neither does what
 * depends on it; a {@code Merge} runs after either branch.
 *
 * @param tf where the operations go
 * @param condition whether the operations run; empty for a gate that is always open
 * @param inside for operations that run under the condition
 * @param otherwise runs if they do not; empty for a gate that is always open
 */
record Gate(
    Ops tf, Optional<Operand<TBool>> condition, Ops inside, Optional<Operand<TBool>> otherwise) {

  /** A gate that is always open. */
  static Gate open(Ops tf) {
    return new Gate(tf, Optional.empty(), tf, Optional.empty());
  }

  /** A gate that is open if a condition holds. */
  static Gate of(Ops tf, Operand<TBool> condition) {
    SwitchCond<TBool> branches = tf.switchCond(condition, condition);
    Ops inside = tf.withControlDependencies(List.of(tf.identity(branches.outputTrue())));
    return new Gate(tf, Optional.of(condition), inside, Optional.of(branches.outputFalse()));
  }

  /** Returns whether all values are finite, a scalar. */
  static Operand<TBool> allFinite(Ops tf, List<Operand<TFloat32>> values) {
    List<Operand<TBool>> flags = new ArrayList<>();
    for (Operand<TFloat32> value : values) {
      int[] axes = new int[value.shape().numDimensions()];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = i;
      }
      flags.add(tf.reduceAll(tf.math.isFinite(value), tf.constant(axes)));
    }
    return tf.reduceAll(tf.stack(flags), tf.constant(0));
  }

  /**
   * Adds operations under the condition.
   *
   * @param work adds them, all through the given ops
   * @return operations that run in either case, after them if they run
   */
  List<Op> run(Function<Ops, List<Op>> work) {
    List<Op> done = work.apply(inside);
    if (condition.isEmpty() || done.isEmpty()) {
      return done;
    }
    Operand<TBool> taken = tf.withControlDependencies(done).identity(condition.get());
    return List.of(tf.merge(List.of(taken, otherwise.orElseThrow())));
  }
}
