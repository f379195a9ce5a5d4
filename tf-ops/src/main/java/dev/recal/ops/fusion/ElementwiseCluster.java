package dev.recal.ops.fusion;

import dev.recal.ops.runtime.Xla;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Element-wise operations that together make a single pass over memory: TensorFlow compiles them
 * with XLA into one loop. Reductions and convolutions stay outside, where TensorFlow's own kernels
 * are faster on a CPU.
 *
 * <p>With TensorFlow's GPU library these are ordinary operations; see {@link Xla}.
 *
 * <p>A cluster should add with {@link #minus} of a negated operand where it adds more than once:
 * TensorFlow's graph optimiser merges additions into an {@code AddN} outside the cluster.
 */
final class ElementwiseCluster {

  private final Ops tf;
  private final String name;

  /**
   * Starts a cluster.
   *
   * @param name unique in the graph
   */
  ElementwiseCluster(Ops tf, String name) {
    this.tf = tf;
    this.name = name;
  }

  Operand<TFloat32> plus(Operand<TFloat32> a, Operand<TFloat32> b) {
    return add("AddV2", a, b);
  }

  Operand<TFloat32> minus(Operand<TFloat32> a, Operand<TFloat32> b) {
    return add("Sub", a, b);
  }

  Operand<TFloat32> times(Operand<TFloat32> a, Operand<TFloat32> b) {
    return add("Mul", a, b);
  }

  Operand<TFloat32> relu(Operand<TFloat32> a) {
    return add("Relu", a);
  }

  @SafeVarargs
  private Operand<TFloat32> add(String type, Operand<TFloat32>... operands) {
    OperationBuilder builder = tf.scope().opBuilder(type, type);
    for (Operand<TFloat32> operand : operands) {
      builder.addInput(operand.asOutput());
    }
    if (Xla.isAvailable()) {
      builder.setAttr(Xla.COMPILE, true).setAttr(Xla.SCOPE, name);
    }
    return builder.build().output(0);
  }
}
