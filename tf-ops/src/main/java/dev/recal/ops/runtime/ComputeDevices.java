package dev.recal.ops.runtime;

import dev.recal.ops.TensorFlowFailures;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * The devices that sessions of this process compute on, chosen by {@link Device#ofProcess} when the
 * first session is configured, and the threads of operations, which TensorFlow starts with the
 * first session and which all later ones share.
 *
 * <p>TensorFlow's GPU library on a machine without a usable GPU computes on the CPU; that is warned
 * about once.
 */
public final class ComputeDevices {

  private static final Logger LOG = LoggerFactory.getLogger(ComputeDevices.class);

  private static final OperationThreads THREADS = new OperationThreads();

  private static Chosen chosen;

  private ComputeDevices() {}

  /**
   * A device of TensorFlow.
   *
   * @param name for example {@code /device:GPU:0}
   * @param type {@code CPU} or {@code GPU}
   * @param memoryBytes what TensorFlow may use of its memory; nominal for a CPU
   */
  public record Found(String name, String type, long memoryBytes) {}

  private record Chosen(Device device, List<Found> found) {

    boolean hasGpu() {
      return found.stream().anyMatch(device -> device.type().equals("GPU"));
    }
  }

  /**
   * Returns a session's configuration with the devices of this process: which GPUs, and that their
   * memory is taken as needed, not all of it at once.
   *
   * @param config a number of threads within operations that differs from that of earlier sessions
   *     is warned about
   * @throws IllegalArgumentException if the device of the process is a GPU that cannot be used
   */
  public static ConfigProto configure(ConfigProto config) {
    startThreads(config.getIntraOpParallelismThreads());
    return configure(config, chosen().device());
  }

  /**
   * Has TensorFlow compute each operation with a number of threads. Only the first call of a
   * process can, before any session is opened or {@link #found} is called: TensorFlow has one pool
   * of such threads. A later call for another number is warned about.
   *
   * @param threads 0 for the number in {@code TF_NUM_INTRAOP_THREADS}, or of all cores
   * @throws IllegalArgumentException if the device of the process is a GPU that cannot be used
   */
  public static synchronized void startThreads(int threads) {
    THREADS.request(threads).ifPresent(LOG::warn);
    chosen();
  }

  static ConfigProto configure(ConfigProto config, Device device) {
    if (device.kind() == Device.Kind.CPU) {
      return onCpu(config);
    }
    ConfigProto.Builder builder = config.toBuilder();
    GPUOptions.Builder options = builder.getGpuOptions().toBuilder();
    options.setAllowGrowth(true).setVisibleDeviceList(device.visibleList());
    return builder.setGpuOptions(options).setAllowSoftPlacement(true).build();
  }

  /** Returns a session's configuration without GPUs. */
  static ConfigProto onCpu(ConfigProto config) {
    return config.toBuilder().putDeviceCount("GPU", 0).build();
  }

  /** Returns whether sessions of this process compute on a GPU. */
  public static boolean usesGpu() {
    return chosen().hasGpu();
  }

  /** Returns the devices of the sessions of this process. */
  public static List<Found> found() {
    return chosen().found();
  }

  private static synchronized Chosen chosen() {
    if (chosen == null) {
      chosen = choose(Device.ofProcess());
    }
    return chosen;
  }

  private static Chosen choose(Device device) {
    CudaLibraries.Result loaded = CudaLibraries.load();
    // TensorFlow names its own version: its library is loaded now, after CUDA's.
    LOG.debug("TensorFlow {} on {}", TensorFlow.version(), device);
    Chosen result = new Chosen(device, devices(device));
    Optional<String> fallback = fallback(device, result.hasGpu(), loaded.problem());
    fallback.ifPresent(LOG::warn);
    return result;
  }

  /**
   * Returns the warning of a process that computes on the CPU although it has TensorFlow's GPU
   * library.
   *
   * @throws IllegalArgumentException if a GPU is required
   */
  static Optional<String> fallback(Device device, boolean hasGpu, Optional<String> problem) {
    if (hasGpu || device.kind() == Device.Kind.CPU) {
      return Optional.empty();
    }
    String reason = problem.orElse("TensorFlow finds no GPU that it can use.");
    if (device.kind() == Device.Kind.GPU) {
      throw new IllegalArgumentException(
          "device: expected a usable GPU, but got none. " + reason + " 'recal doctor' says more.");
    }
    return CudaLibraries.hasGpuNatives()
        ? Optional.of("Computing on the CPU. " + reason + " 'recal doctor' says more.")
        : Optional.empty();
  }

  private static List<Found> devices(Device device) {
    try {
      // The first session of the process, so the threads are started here.
      ConfigProto config =
          ConfigProto.newBuilder().setIntraOpParallelismThreads(THREADS.start()).build();
      return TensorFlowDevices.of(configure(config, device));
    } catch (RuntimeException failure) {
      throw new IllegalArgumentException(
          "device: " + device + " cannot be used: " + TensorFlowFailures.reason(failure) + ".",
          failure);
    }
  }
}
