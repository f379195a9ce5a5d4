package dev.recal.tools.serve.metrics;

import dev.recal.ops.files.TextFiles;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory and time of the process, under the names that Prometheus clients use. */
final class ProcessMetrics {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private ProcessMetrics() {}

  static void register(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("jvm_memory_used_bytes")
        .help("Memory that the JVM uses, by area.")
        .labelNames("area")
        .callback(
            gauge -> {
              gauge.call(heap().getUsed(), "heap");
              gauge.call(nonHeap().getUsed(), "nonheap");
            })
        .register(registry);
    GaugeWithCallback.builder()
        .name("jvm_memory_max_bytes")
        .help("The maximum of the Java heap.")
        .labelNames("area")
        .callback(gauge -> gauge.call(heap().getMax(), "heap"))
        .register(registry);
    GaugeWithCallback.builder()
        .name("jvm_threads_current")
        .help("Threads of the JVM; those of TensorFlow are not counted.")
        .callback(gauge -> gauge.call(ManagementFactory.getThreadMXBean().getThreadCount()))
        .register(registry);
    CounterWithCallback.builder()
        .name("jvm_gc_pause_seconds_total")
        .help("Time that garbage collections took.")
        .callback(
            counter ->
                counter.call(
                    ManagementFactory.getGarbageCollectorMXBeans().stream()
                            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                            .sum()
                        / 1e3))
        .register(registry);
    GaugeWithCallback.builder()
        .name("process_resident_memory_bytes")
        .help("Memory of the process, including TensorFlow's own; only on Linux.")
        .callback(
            gauge -> {
              long bytes = residentBytes();
              if (bytes > 0) {
                gauge.call(bytes);
              }
            })
        .register(registry);
    CounterWithCallback.builder()
        .name("process_cpu_seconds_total")
        .help("Processor time of the process.")
        .callback(
            counter ->
                counter.call(
                    ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .map(time -> time.toNanos() / 1e9)
                        .orElse(0.0)))
        .register(registry);
    double start = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;
    GaugeWithCallback.builder()
        .name("process_start_time_seconds")
        .help("When the process was started, in seconds since 1970.")
        .callback(gauge -> gauge.call(start))
        .register(registry);
  }

  private static MemoryUsage heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  }

  private static MemoryUsage nonHeap() {
    return ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
  }

  // 0 if the system does not tell.
  private static long residentBytes() {
    try {
      Matcher matcher = RESIDENT.matcher(TextFiles.read(STATUS));
      return matcher.find() ? 1024 * Long.parseLong(matcher.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
