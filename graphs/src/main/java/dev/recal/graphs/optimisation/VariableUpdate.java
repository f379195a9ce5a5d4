package dev.recal.graphs.optimisation;

import dev.recal.ops.Variable;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Initializer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The arguments of an optimiser for one variable.
 *
 * @param tf for the operations
 * @param store takes the slots, under {@code optimiser/}
 * @param variable what changes
 * @param gradient of the variable's shape
 * @param learningRate a scalar
 * @param number the number of this step from 1, a scalar
 * @param decay the weight decay of this variable, 0 if exempt
 */
public record VariableUpdate(
    Ops tf,
    VariableStore store,
    Variable<TFloat32> variable,
    Operand<TFloat32> gradient,
    Operand<TFloat32> learningRate,
    Operand<TFloat32> number,
    float decay) {

  /**
   * Returns a slot that starts at zero and is saved with every checkpoint. Several updates of a
   * variable in one run share it.
   */
  Variable<TFloat32> slot(String name) {
    VariableSpec spec = VariableSpec.statistic(name, variable.shape(), Initializer.zeros());
    return store.findOrCreate("optimiser/" + variable.name() + "/" + name, spec);
  }

  /** The gradient of the loss plus decay/2 · ‖v‖²: weight decay as in PyTorch's SGD and Adam. */
  Operand<TFloat32> decayedGradient() {
    if (decay == 0) {
      return gradient;
    }
    return tf.math.add(gradient, tf.math.mul(variable.read(), tf.constant(decay)));
  }
}
