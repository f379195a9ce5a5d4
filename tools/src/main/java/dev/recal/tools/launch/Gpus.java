package dev.recal.tools.launch;

import dev.recal.ops.runtime.CudaLibraries;
import dev.recal.ops.runtime.Device;
import dev.recal.ops.runtime.NvidiaDriver;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The GPUs of this machine, shared out among the workers by {@value #VARIABLE}.
 *
 * @param shares what each place for a worker sees; empty if the variable is left as it is
 */
public record Gpus(List<String> shares) {

  /** CUDA's variable with the GPUs that a process sees, as numbers or UUIDs. */
  static final String VARIABLE = "CUDA_VISIBLE_DEVICES";

  // A number that no GPU has hides all of them.
  private static final String HIDDEN = "-1";

  /** Copies the shares. */
  public Gpus {
    shares = List.copyOf(shares);
  }

  /** Leaves the variable as it is. */
  public static Gpus untouched() {
    return new Gpus(List.of());
  }

  /** Hides the GPUs from all workers. */
  public static Gpus hidden(int workers) {
    return new Gpus(IntStream.range(0, workers).mapToObj(worker -> HIDDEN).toList());
  }

  /**
   * Gives each worker as many neighbouring GPUs; what is left over is not used.
   *
   * @param gpus numbers or UUIDs
   * @param workers how many share them
   * @throws IllegalArgumentException if there are fewer GPUs than workers
   */
  public static Gpus shared(List<String> gpus, int workers) {
    if (gpus.size() < workers) {
      throw new IllegalArgumentException(
          "workers: expected at most as many as GPUs, "
              + gpus.size()
              + ", but got "
              + workers
              + "; --gpus none trains on the CPU.");
    }
    int each = gpus.size() / workers;
    return new Gpus(
        IntStream.range(0, workers)
            .mapToObj(worker -> String.join(",", gpus.subList(worker * each, (worker + 1) * each)))
            .toList());
  }

  /**
   * Returns the GPUs that a process sees.
   *
   * @param visible the variable's value, if it is set
   * @param installed how many the driver has
   */
  static List<String> visible(Optional<String> visible, int installed) {
    return visible
        .map(
            list ->
                // CUDA ignores what follows an invalid one.
                Stream.of(list.split(","))
                    .map(String::strip)
                    .takeWhile(gpu -> !gpu.isEmpty() && !gpu.equals(HIDDEN))
                    .toList())
        .orElseGet(() -> IntStream.range(0, installed).mapToObj(Integer::toString).toList());
  }

  /**
   * Returns the GPUs that TensorFlow would use in this process: none with its library for CPUs, or
   * if the CPU was chosen.
   */
  public static List<String> used() {
    if (!CudaLibraries.hasGpuNatives() || Device.ofProcess().kind() == Device.Kind.CPU) {
      return List.of();
    }
    return visible(
        Optional.ofNullable(System.getenv(VARIABLE)), NvidiaDriver.detect().gpus().size());
  }

  /** Returns what the worker at a place sees; empty if the variable is left as it is. */
  Optional<String> share(int place) {
    return shares.isEmpty() ? Optional.empty() : Optional.of(shares.get(place));
  }
}
