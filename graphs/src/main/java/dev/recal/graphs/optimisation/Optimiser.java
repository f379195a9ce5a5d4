package dev.recal.graphs.optimisation;

import org.tensorflow.op.Op;

/** An optimiser: updates a variable by its gradient. */
public sealed interface Optimiser permits Sgd, Adam, AdamW {

  /**
   * Adds the operations that change one variable, and its slots.
   *
   * @return the operation after which the variable has its new value
   */
  Op apply(VariableUpdate update);
}
