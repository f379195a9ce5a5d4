package dev.recal.graphs.training;

import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Gives all replicas the variables of the first one: as a sum in which the others are zeros. */
final class FirstReplica {

  private FirstReplica() {}

  /** Adds the operations; for a single replica, one that does nothing. */
  static Op values(Ops tf, VariableStore store) {
    List<Op> assigned = new ArrayList<>();
    Replicas replicas = store.replicas();
    if (!replicas.isSingle()) {
      // One after the other: all at once would hold every variable twice.
      for (Variable<?> variable : store.all()) {
        Ops after =
            assigned.isEmpty()
                ? tf
                : tf.withControlDependencies(List.of(assigned.get(assigned.size() - 1)));
        assigned.add(assigned(after, variable, replicas));
      }
    }
    return tf.withControlDependencies(assigned).noOp();
  }

  private static <N extends TNumber> Op assigned(Ops tf, Variable<N> variable, Replicas replicas) {
    Operand<N> read = tf.readVariableOp(variable.handle(), variable.type());
    Operand<N> own = replicas.index() == 0 ? read : tf.zerosLike(read);
    return tf.assignVariableOp(variable.handle(), replicas.sum(tf, own));
  }
}
