package dev.recal.ops.runtime;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/**
 * TensorFlow's compiler XLA, which turns connected element-wise operations that are marked with one
 * scope into a single loop.
 *
 * <p>XLA for GPUs needs the assembler and the device library of a CUDA toolkit, which may not be
 * installed; so with TensorFlow's GPU library nothing should be marked.
 */
public final class Xla {

  /** The attribute of an operation, true, that has it compiled. */
  public static final String COMPILE = "_XlaCompile";

  /** The attribute, a string, of operations that are compiled together. */
  public static final String SCOPE = "_XlaScope";

  private static final boolean AVAILABLE = !hasGpuKernels();

  private Xla() {}

  /** Returns whether operations may be marked: whether TensorFlow's library is that for CPUs. */
  public static boolean isAvailable() {
    return AVAILABLE;
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
