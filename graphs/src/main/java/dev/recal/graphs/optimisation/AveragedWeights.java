package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * An exponential moving average of every weight, under {@code average/}: a ← d·a + (1 − d)·v after
 * each step.
 *
 * <p>Early in training d is (1 + step) / (10 + step) where that is smaller, as in TensorFlow's
 * {@code ExponentialMovingAverage}, so that the random initial weights are soon forgotten. Stored
 * batch statistics belong to the weights they were computed with; the averages have their own
 * statistics, which are re-estimated from training batches before the averages are used.
 */
public final class AveragedWeights {

  /** The scope of the averages: {@code average/} followed by the variable's own name. */
  public static final String SCOPE = "average/";

  private final Map<String, Variable<TFloat32>> averages = new LinkedHashMap<>();
  private final VariableStore store;

  private AveragedWeights(VariableStore store) {
    this.store = store;
  }

  /**
   * Creates an average for every existing float32 variable: those of the network, before an
   * optimiser has added its slots.
   */
  public static AveragedWeights of(VariableStore store) {
    return of(store, variable -> true);
  }

  /**
   * Creates an average for selected existing float32 variables, for example those of one of two
   * networks.
   *
   * @param which whether a variable gets an average
   */
  public static AveragedWeights of(VariableStore store, Predicate<Variable<?>> which) {
    AveragedWeights weights = new AveragedWeights(store);
    for (Variable<?> variable : List.copyOf(store.all())) {
      if (variable.type() == TFloat32.class && which.test(variable)) {
        weights.add(variable);
      }
    }
    return weights;
  }

  private void add(Variable<?> variable) {
    String name = variable.name();
    String last = name.substring(name.lastIndexOf('/') + 1);
    VariableSpec spec = VariableSpec.statistic(last, variable.shape(), Initializer.zeros());
    averages.put(name, store.create(SCOPE + name, spec));
  }

  /** Returns the substitution that makes a tower read the averages instead of the weights. */
  public UnaryOperator<Variable<TFloat32>> substitution() {
    return variable -> averages.get(variable.name());
  }

  /** Returns the variable that another one is the average of. */
  public Variable<?> original(Variable<TFloat32> average) {
    return store.find(average.name().substring(SCOPE.length())).orElseThrow();
  }

  /**
   * Adds the operations that update the averages of trainable variables.
   *
   * @param changed the operations after which the variables have their new values
   * @param decay d
   * @param step steps done before this one, a scalar
   */
  public List<Op> updates(Ops tf, List<Op> changed, double decay, Operand<TFloat32> step) {
    Ops after = tf.withControlDependencies(changed);
    Operand<TFloat32> early =
        tf.math.div(tf.math.add(step, tf.constant(1f)), tf.math.add(step, tf.constant(10f)));
    Operand<TFloat32> share =
        tf.math.sub(tf.constant(1f), tf.math.minimum(tf.constant((float) decay), early));
    List<Op> updates = new ArrayList<>();
    for (Variable<TFloat32> variable : store.trainable()) {
      Variable<TFloat32> average = averages.get(variable.name());
      if (average == null) {
        continue;
      }
      Operand<TFloat32> fresh = after.readVariableOp(variable.handle(), TFloat32.class);
      Operand<TFloat32> distance = tf.math.sub(average.read(), fresh);
      updates.add(tf.assignSubVariableOp(average.handle(), tf.math.mul(distance, share)));
    }
    return updates;
  }

  /** Adds the operation that sets every average to its variable, for the start of training. */
  public Op copy(Ops tf) {
    List<Op> copies = new ArrayList<>();
    averages.forEach(
        (name, average) ->
            copies.add(
                tf.assignVariableOp(average.handle(), store.find(name).orElseThrow().read())));
    return tf.withControlDependencies(copies).noOp();
  }
}
