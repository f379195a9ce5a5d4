package dev.recal.ops.runtime;

import java.util.Arrays;
import java.util.List;

/**
 * The libraries that TensorFlow 2.18 opens for NVIDIA's GPUs, and those that these open, each after
 * the ones it needs. TensorFlow looks for exactly these names, which contain the major version.
 */
public enum CudaLibrary {
  /** CUDA's runtime. */
  CUDART("libcudart.so.12", true),
  /** The linker of just-in-time compiled code. */
  NVJITLINK("libnvJitLink.so.12", true),
  /** Products of matrices. */
  CUBLAS_LT("libcublasLt.so.12", true),
  /** Linear algebra. */
  CUBLAS("libcublas.so.12", true),
  /** Fourier transforms. */
  CUFFT("libcufft.so.11", true),
  /** Sparse matrices. */
  CUSPARSE("libcusparse.so.12", true),
  /** Decompositions of matrices. */
  CUSOLVER("libcusolver.so.11", true),
  /** Profiling. */
  CUPTI("libcupti.so.12", false),
  /** The built-in headers of the compiler. */
  NVRTC_BUILTINS("libnvrtc-builtins.so.12.6", false),
  /** The compiler of cuDNN's kernels that are generated at run time. */
  NVRTC("libnvrtc.so.12", false),
  /** cuDNN's graphs of operations. */
  CUDNN_GRAPH("libcudnn_graph.so.9", true),
  /** cuDNN's small operations. */
  CUDNN_OPS("libcudnn_ops.so.9", true),
  /** cuDNN's convolutions. */
  CUDNN_CNN("libcudnn_cnn.so.9", true),
  /** cuDNN's recurrent networks and attention. */
  CUDNN_ADV("libcudnn_adv.so.9", true),
  /** How cuDNN chooses a kernel. */
  CUDNN_HEURISTIC("libcudnn_heuristic.so.9", true),
  /** cuDNN's kernels that are generated at run time. */
  CUDNN_RUNTIME_COMPILED("libcudnn_engines_runtime_compiled.so.9", true),
  /** cuDNN's compiled kernels. */
  CUDNN_PRECOMPILED("libcudnn_engines_precompiled.so.9", true),
  /** cuDNN itself. */
  CUDNN("libcudnn.so.9", true),
  /** Communication between GPUs. */
  NCCL("libnccl.so.2", false);

  private final String soname;
  private final boolean required;

  CudaLibrary(String soname, boolean required) {
    this.soname = soname;
    this.required = required;
  }

  /** Returns the name of its file. */
  public String soname() {
    return soname;
  }

  /** Returns whether TensorFlow uses no GPU without it. */
  public boolean required() {
    return required;
  }

  /** Returns the libraries without which TensorFlow uses no GPU. */
  public static List<CudaLibrary> allRequired() {
    return Arrays.stream(values()).filter(CudaLibrary::required).toList();
  }
}
