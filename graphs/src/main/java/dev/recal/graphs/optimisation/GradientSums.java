package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The mean of a step's gradients over several micro-batches, accumulated in variables {@code
 * accumulator/NAME/gradient}. For a single micro-batch there are none.
 *
 * @param tf where the operations went
 * @param slots the sums of the runs before; none for a single run
 * @param additions add this run's share to the sums: for every run but the last
 * @param complete the mean over all runs, of use in the last one
 */
public record GradientSums(
    Ops tf, List<Variable<TFloat32>> slots, List<Op> additions, List<Operand<TFloat32>> complete) {

  /**
   * Adds the variables and operations.
   *
   * @param variables what the gradients are of
   * @param gradients of one run
   * @param runs how many a step takes, at least 1
   */
  public static GradientSums of(
      Ops tf,
      VariableStore store,
      List<Variable<TFloat32>> variables,
      List<Operand<TFloat32>> gradients,
      int runs) {
    if (runs == 1) {
      return new GradientSums(tf, List.of(), List.of(), gradients);
    }
    List<Variable<TFloat32>> slots = new ArrayList<>();
    List<Op> additions = new ArrayList<>();
    List<Operand<TFloat32>> complete = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable<TFloat32> variable = variables.get(i);
      VariableSpec spec = VariableSpec.statistic("gradient", variable.shape(), Initializer.zeros());
      Variable<TFloat32> slot = store.create("accumulator/" + variable.name() + "/gradient", spec);
      Operand<TFloat32> part = tf.math.mul(gradients.get(i), tf.constant(1f / runs));
      additions.add(tf.assignAddVariableOp(slot.handle(), part));
      complete.add(tf.math.add(slot.read(), part));
      slots.add(slot);
    }
    return new GradientSums(tf, slots, additions, complete);
  }

  /**
   * Adds the operations that empty the sums.
   *
   * @param applied after these the means are used
   */
  public List<Op> resets(List<Op> applied) {
    Ops after = tf.withControlDependencies(applied);
    return slots.stream()
        .<Op>map(slot -> after.assignVariableOp(slot.handle(), tf.zerosLike(slot.read())))
        .toList();
  }
}
