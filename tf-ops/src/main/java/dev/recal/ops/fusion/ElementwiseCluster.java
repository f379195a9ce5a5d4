package dev.recal.ops.fusion;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Element-wise operations that together make a single pass over memory: TensorFlow compiles them
 * with XLA into one loop. Reductions and convolutions stay outside, where TensorFlow's own kernels
 * are faster on a CPU.
 *
 * <p>TensorFlow's XLA for GPUs needs the assembler and the device library of a CUDA toolkit, which
 * may not be installed; so with TensorFlow's GPU library these are ordinary operations.
 *
 * <p>A cluster should add with {@link #minus} of a negated operand where it adds more than once:
 * TensorFlow's graph optimiser merges additions into an {@code AddN} outside the cluster.
 */
final class ElementwiseCluster {

  private static final boolean COMPILED = !hasGpuKernels();

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
    if (COMPILED) {
      builder.setAttr("_XlaCompile", true).setAttr("_XlaScope", name);
    }
    return builder.build().output(0);
  }

  // A KernelList in protocol-buffer form, whose field 2 is the device's type.
  private static boolean hasGpuKernels() {
    PointerScope scope = new PointerScope();
    try {
      TF_Status status = TF_Status.newStatus();
      TF_Buffer kernels = tensorflow.TF_GetRegisteredKernelsForOp("AddV2", status);
      status.throwExceptionIfNotOK();
      String text = new String(kernels.copyData(), StandardCharsets.ISO_8859_1);
      tensorflow.TF_DeleteBuffer(kernels);
      return text.contains("\u0012\u0003GPU");
    } finally {
      scope.close();
    }
  }
}
