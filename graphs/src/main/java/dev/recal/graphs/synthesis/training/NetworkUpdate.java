package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.optimisation.GradientSums;
import dev.recal.graphs.optimisation.VariableUpdate;
import dev.recal.ops.Variable;
import dev.recal.ops.VariableStore;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The updates of one network's variables by their gradients.
 *
 * @param sums of a run that only adds to the sums
 * @param applied the optimiser's operations, in a run that completes a step
 * @param resets what follows them there
 */
record NetworkUpdate(List<Op> sums, List<Op> applied, List<Op> resets) {

  /**
   * Adds the operations.
   *
   * @param number of the step, from 1, a scalar
   */
  static NetworkUpdate of(
      Ops tf,
      VariableStore store,
      List<Variable<TFloat32>> variables,
      List<Operand<TFloat32>> gradients,
      SynthesisSettings settings,
      Operand<TFloat32> number) {
    GradientSums summed = GradientSums.of(tf, store, variables, gradients, settings.accumulation());
    Operand<TFloat32> rate = tf.constant((float) settings.learningRate());
    List<Op> applied = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Operand<TFloat32> gradient = summed.complete().get(i);
      applied.add(
          settings
              .optimiser()
              .apply(new VariableUpdate(tf, store, variables.get(i), gradient, rate, number, 0)));
    }
    return new NetworkUpdate(summed.additions(), applied, summed.resets(applied));
  }
}
