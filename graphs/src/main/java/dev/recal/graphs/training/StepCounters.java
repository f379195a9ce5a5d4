package dev.recal.graphs.training;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;

/**
 * Counters in the graph, which learning rates and randomness follow.
 *
 * @param step optimiser steps done, {@code training/step}
 * @param run runs of the session done, {@code training/run}; the same without accumulation
 */
public record StepCounters(Variable<TInt64> step, Variable<TInt64> run) {

  /** The path of the variable that counts optimiser steps, in graphs of all kinds of training. */
  public static final String STEP = "training/step";

  /** Adds the counters; call it before other variables are made. */
  public static StepCounters of(VariableStore store) {
    return new StepCounters(store.counter(STEP), store.counter("training/run"));
  }

  /**
   * Returns one run that only adds to the sums of gradients.
   *
   * @param work what it does
   */
  public Op summing(Ops tf, List<Op> work) {
    return counted(tf, work, List.of(run));
  }

  /**
   * Returns one run that completes a step.
   *
   * @param work what it does
   */
  public Op completing(Ops tf, List<Op> work) {
    return counted(tf, work, List.of(run, step));
  }

  // Counters are updated last: everything else reads the current step.
  private static Op counted(Ops tf, List<Op> work, List<Variable<TInt64>> counters) {
    Ops after = tf.withControlDependencies(work);
    List<Op> counts = new ArrayList<>();
    for (Variable<TInt64> counter : counters) {
      counts.add(after.assignAddVariableOp(counter.handle(), tf.constant(1L)));
    }
    return tf.withControlDependencies(counts).noOp();
  }
}
