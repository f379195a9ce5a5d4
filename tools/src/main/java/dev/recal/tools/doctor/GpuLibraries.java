package dev.recal.tools.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * The libraries that TensorFlow's GPU library loads: NVIDIA's driver, CUDA 12 and cuDNN 9.
 *
 * @param driver whether the kernel's driver is loaded
 * @param found the libraries that the system's loader opens
 * @param missing those that it does not find
 */
public record GpuLibraries(boolean driver, List<String> found, List<String> missing) {

  /** The libraries by the names under which TensorFlow 2.18 opens them. */
  public static final List<String> NEEDED =
      List.of(
          "libcuda.so.1",
          "libcudart.so.12",
          "libcublasLt.so.12",
          "libcublas.so.12",
          "libcufft.so.11",
          "libcusparse.so.12",
          "libcusolver.so.11",
          "libcupti.so.12",
          "libcudnn.so.9",
          "libnccl.so.2");

  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

  /** Copies the lists. */
  public GpuLibraries {
    found = List.copyOf(found);
    missing = List.copyOf(missing);
  }

  /** Tries to load each library. TensorFlow must be loaded first, since it provides the loader. */
  static GpuLibraries detect() {
    List<String> found = NEEDED.stream().filter(GpuLibraries::opens).toList();
    List<String> missing = NEEDED.stream().filter(name -> !found.contains(name)).toList();
    return new GpuLibraries(Files.exists(DRIVER), found, missing);
  }

  private static boolean opens(String name) {
    try {
      Loader.loadGlobal(name);
      return true;
    } catch (UnsatisfiedLinkError missing) {
      return false;
    }
  }
}
