package dev.recal.tools.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.recal.ops.runtime.ComputeDevices;
import dev.recal.ops.runtime.Device;
import dev.recal.tools.console.Versions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.TensorFlow;

/**
 * A report about this machine and this installation.
 *
 * @param recal this library's version
 * @param tensorflowJava the version of TensorFlow Java
 * @param tensorflow the version of the native library
 * @param natives the builds of the native library on the class path
 * @param jvm the virtual machine
 * @param system the operating system
 * @param processor the processor
 * @param memoryBytes memory of the machine or the container
 * @param freeMemoryBytes its free part
 * @param heapBytes the largest size of the Java heap; tensors live outside it
 * @param oneDnn whether oneDNN's kernels are used
 * @param devices TensorFlow's devices by name
 * @param gpu the requirements of the GPU library
 * @param advice sentences: what is missing or could be better
 */
public record Report(
    String recal,
    String tensorflowJava,
    String tensorflow,
    List<String> natives,
    String jvm,
    String system,
    Processor processor,
    long memoryBytes,
    long freeMemoryBytes,
    long heapBytes,
    boolean oneDnn,
    List<String> devices,
    GpuReport gpu,
    List<String> advice) {

  /** Copies the lists. */
  public Report {
    natives = List.copyOf(natives);
    devices = List.copyOf(devices);
    advice = List.copyOf(advice);
  }

  /** Examines this machine; loads TensorFlow. */
  public static Report detect() {
    Processor processor = Processor.detect();
    List<String> natives = NativeLibrary.classifiers(System.getProperty("java.class.path"));
    // Before anything else of TensorFlow: this loads CUDA's libraries for it.
    List<ComputeDevices.Found> devices = usableDevices();
    GpuReport gpu = GpuReport.detect();
    boolean oneDnn = oneDnn(System.getenv("TF_ENABLE_ONEDNN_OPTS"), processor);
    boolean sees = devices.stream().anyMatch(device -> device.type().equals("GPU"));
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Report(
        Versions.recal(),
        Versions.tensorflowJava(),
        TensorFlow.version(),
        natives,
        Versions.jvm(),
        Versions.system(),
        processor,
        system.getTotalMemorySize(),
        system.getFreeMemorySize(),
        Runtime.getRuntime().maxMemory(),
        oneDnn,
        devices.stream().map(ComputeDevices.Found::name).toList(),
        gpu,
        advice(processor, natives, oneDnn, sees, gpu));
  }

  // A device that is set and cannot be used fails every other command; here the advice says why.
  private static List<ComputeDevices.Found> usableDevices() {
    Device.ofProcess();
    try {
      return ComputeDevices.found();
    } catch (IllegalArgumentException unusable) {
      return List.of();
    }
  }

  static boolean oneDnn(String variable, Processor processor) {
    return variable == null || variable.isBlank()
        ? processor.hasOneDnnByDefault()
        : !variable.strip().equals("0") && !variable.strip().equalsIgnoreCase("false");
  }

  static List<String> advice(
      Processor processor, List<String> natives, boolean oneDnn, boolean seesGpu, GpuReport gpu) {
    List<String> advice = new ArrayList<>();
    if (natives.size() > 1) {
      advice.add(
          "There are several native TensorFlow libraries on the class path, "
              + natives
              + "; keep one.");
    }
    if (processor.multipliesBfloat16() && oneDnn) {
      advice.add(
          "This processor supports bfloat16 in hardware: try precision bfloat16 for networks of"
              + " dense convolutions.");
    } else if (!processor.multipliesBfloat16() && !processor.flags().isEmpty()) {
      advice.add("This processor has neither AMX nor AVX-512 for bfloat16: use float32.");
    }
    if (!oneDnn && processor.hasOneDnnByDefault()) {
      advice.add("oneDNN is off; unset TF_ENABLE_ONEDNN_OPTS for faster convolutions.");
    } else if (!oneDnn && processor.flags().contains("avx2")) {
      advice.add(
          "TensorFlow leaves oneDNN off on this processor: TF_ENABLE_ONEDNN_OPTS=1 makes most"
              + " trainings faster, and some inference slower.");
    }
    if (seesGpu) {
      gpu.cuda().installation().outdated().ifPresent(advice::add);
      advice.add(
          "TensorFlow computes on the GPU: try precision bfloat16 (compute capability 8.0 and newer)"
              + " or float16.");
    } else {
      advice.addAll(gpu.missing());
    }
    return advice;
  }
}
