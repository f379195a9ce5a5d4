package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A network's variables as they are after an update inside a step: all towers of the next update
 * share one read of each, so that its gradient is one sum.
 */
final class ReadViews {

  private final Ops after;
  private final Map<String, Variable<TFloat32>> views = new LinkedHashMap<>();

  /**
   * Views of variables after operations.
   *
   * @param changes of the update before; empty for the start of the step
   */
  ReadViews(Ops tf, List<Op> changes) {
    this.after = changes.isEmpty() ? null : tf.withControlDependencies(changes);
  }

  /** Returns the view of a variable. */
  Variable<TFloat32> of(Variable<TFloat32> variable) {
    return after == null || !variable.trainable()
        ? variable
        : views.computeIfAbsent(variable.name(), name -> variable.readAfter(after));
  }

  /** Returns the views of the trainable variables of a scope. */
  List<Variable<TFloat32>> trainable(VariableStore store, String scope) {
    return store.trainable().stream()
        .filter(variable -> variable.name().startsWith(scope + "/"))
        .map(this::of)
        .toList();
  }

  static List<Operand<TFloat32>> reads(List<Variable<TFloat32>> variables) {
    return variables.stream().map(Variable::read).toList();
  }
}
