package dev.recal.graphs.training;

import dev.recal.ops.GraphScope;
import dev.recal.ops.Saver;
import dev.recal.ops.VariableStore;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;

/**
 * The graph of a job, with all that a loop does to any graph.
 *
 * @param store the variables: weights, statistics, slots, averages, counters
 * @param finite whether all of them are finite, a scalar
 * @param saver of all of them
 * @param fromFirst gives all of them the values of the first replica; nothing for a single one
 */
public record JobGraph(VariableStore store, Operand<TBool> finite, Saver saver, Op fromFirst) {

  /**
   * Adds the operations that check and save all variables of a store.
   *
   * @param store complete: a variable that is added later is not saved
   */
  public static JobGraph of(VariableStore store) {
    Ops tf = GraphScope.ops(store.graph());
    return new JobGraph(
        store,
        FiniteValues.all(tf.withSubScope("trainer"), store),
        Saver.add(tf.withSubScope("trainer"), "save", store.all()),
        FirstReplica.values(tf.withSubScope("trainer"), store));
  }

  /** Returns the graph. */
  public Graph graph() {
    return store.graph();
  }
}
