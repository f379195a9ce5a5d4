package dev.recal.graphs.optimisation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How the gradients of several copies of a network become one: the mean over all copies.
 *
 * <p>It is applied to a step's complete gradients, once they are summed over its runs and before
 * they are clipped, so that N copies with a batch each change the weights as one copy with N
 * batches does.
 */
@FunctionalInterface
public interface Replicas {

  /**
   * Adds the operations that average gradients over all copies.
   *
   * @param tf for the operations
   * @param gradients of this copy, one for each variable
   * @return the means, in the same order and of the same shapes
   */
  List<Operand<TFloat32>> mean(Ops tf, List<Operand<TFloat32>> gradients);

  /** Returns the replicas of a run in one copy: its gradients are the mean already. */
  static Replicas single() {
    return (tf, gradients) -> gradients;
  }
}
