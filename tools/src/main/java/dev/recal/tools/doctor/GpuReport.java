package dev.recal.tools.doctor;

import dev.recal.ops.runtime.CudaInstallation;
import dev.recal.ops.runtime.CudaLibraries;
import dev.recal.ops.runtime.CudaLibrary;
import dev.recal.ops.runtime.NvidiaDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a GPU needs, and what of it is there.
 *
 * @param natives whether TensorFlow's GPU library is on the class path
 * @param driver NVIDIA's driver and its GPUs
 * @param cuda CUDA and cuDNN
 * @param problem why they are not loaded, as a sentence; empty if they are
 */
public record GpuReport(
    boolean natives, NvidiaDriver driver, CudaLibraries.Findings cuda, Optional<String> problem) {

  /**
   * A library.
   *
   * @param name its file's name
   * @param required whether TensorFlow uses no GPU without it
   * @param version of the file, if its name has more than the major one
   * @param file its path; empty if it is missing
   */
  public record Library(
      String name, boolean required, Optional<String> version, Optional<String> file) {}

  /** Examines this machine. */
  static GpuReport detect() {
    return new GpuReport(
        CudaLibraries.hasGpuNatives(),
        NvidiaDriver.detect(),
        CudaLibraries.inspect(),
        CudaLibraries.load().problem());
  }

  /** Returns every library, in the order of their loading. */
  public List<Library> libraries() {
    CudaInstallation installation = cuda.installation();
    return Stream.of(CudaLibrary.values())
        .map(
            library ->
                new Library(
                    library.soname(),
                    library.required(),
                    installation.version(library),
                    Optional.ofNullable(installation.files().get(library)).map(Object::toString)))
        .toList();
  }

  /** Returns what to do for a GPU that TensorFlow does not see, as sentences. */
  List<String> missing() {
    List<String> steps = new ArrayList<>();
    if (!driver.present()) {
      steps.add(
          "For a GPU, install an NVIDIA driver, version "
              + NvidiaDriver.MINIMUM
              + " or newer, so that nvidia-smi lists it; start a container with its GPUs (--gpus"
              + " all).");
    } else if (driver.tooOld()) {
      steps.add(
          "The NVIDIA driver "
              + driver.version().orElseThrow()
              + " is too old for CUDA 12; install version "
              + NvidiaDriver.MINIMUM
              + " or newer.");
    }
    if (!natives) {
      steps.add(
          "For a GPU, use TensorFlow's GPU library: RECAL_GPU=1 ./recal …, or ./mvnw -Pgpu … (Linux"
              + " on x86-64).");
    }
    if (!cuda.complete()) {
      steps.add(
          "For a GPU, CUDA 12 and cuDNN 9 are "
              + (cuda.installation().files().isEmpty() ? "missing" : "incomplete")
              + ": RECAL_GPU=cuda ./recal … downloads them, 2 GB once; or install them. See"
              + " docs/gpu.md.");
    }
    cuda.installation().outdated().ifPresent(steps::add);
    if (steps.isEmpty()) {
      steps.add(
          problem
              .map(sentence -> "TensorFlow cannot use a GPU. " + sentence)
              .orElse(
                  "TensorFlow finds no GPU although everything that it needs is there."
                      + " TF_CPP_MIN_LOG_LEVEL=0 shows its reasons."));
    }
    return steps;
  }
}
