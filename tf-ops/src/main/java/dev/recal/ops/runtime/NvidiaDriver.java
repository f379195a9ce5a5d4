package dev.recal.ops.runtime;

import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NVIDIA's driver and the GPUs that it reports.
 *
 * @param version for example {@code 550.54.14}; empty if unknown
 * @param library whether the driver's library, {@code libcuda.so.1}, is there
 * @param gpus the GPUs, in its order
 */
public record NvidiaDriver(Optional<String> version, boolean library, List<Gpu> gpus) {

  /** The first driver that runs programs of CUDA 12. */
  public static final int MINIMUM = 525;

  /** The driver's library. */
  public static final String LIBRARY = "libcuda.so.1";

  private static final Path VERSION = Path.of("/proc/driver/nvidia/version");
  private static final Pattern NUMBER = Pattern.compile("\\b(\\d{3,4}\\.\\d+(?:\\.\\d+)?)\\b");
  private static final int SECONDS = 10;
  private static final List<String> QUERY =
      List.of(
          "nvidia-smi",
          "--query-gpu=index,name,memory.total,compute_cap,driver_version",
          "--format=csv,noheader,nounits");

  /**
   * A GPU.
   *
   * @param name for example {@code NVIDIA H200}
   * @param memoryBytes its memory
   * @param computeCapability for example {@code 9.0}
   */
  public record Gpu(String name, long memoryBytes, String computeCapability) {}

  /** Copies the list. */
  public NvidiaDriver {
    gpus = List.copyOf(gpus);
  }

  /** Returns whether there is a driver. */
  public boolean present() {
    return version.isPresent() || library;
  }

  /** Returns whether the driver is known to be too old for CUDA 12. */
  public boolean tooOld() {
    return version
        .map(text -> Integer.parseInt(text.substring(0, text.indexOf('.'))) < MINIMUM)
        .orElse(false);
  }

  /** Looks for the kernel's driver without starting a process; the GPUs are unknown. */
  static NvidiaDriver present(Optional<Path> library) {
    return new NvidiaDriver(kernelVersion(), library.isPresent(), List.of());
  }

  /** Asks the kernel and {@code nvidia-smi}. */
  public static NvidiaDriver detect() {
    NvidiaDriver kernel = present(CudaSearch.file(LIBRARY));
    NvidiaDriver asked = parse(nvidiaSmi());
    return new NvidiaDriver(kernel.version().or(asked::version), kernel.library(), asked.gpus());
  }

  private static Optional<String> kernelVersion() {
    try {
      return Files.isReadable(VERSION)
          ? version(String.join("\n", TextFiles.lines(VERSION)))
          : Optional.empty();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  /** Reads the version from the kernel module's description. */
  static Optional<String> version(String text) {
    Matcher matcher = NUMBER.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Reads what {@code nvidia-smi} prints: a line for each GPU; anything else is ignored. */
  static NvidiaDriver parse(String printed) {
    List<Gpu> gpus = new ArrayList<>();
    Optional<String> version = Optional.empty();
    for (String line : printed.lines().toList()) {
      String[] parts = line.split(",\\s*");
      if (parts.length == 5 && parts[0].matches("\\d+") && parts[2].matches("\\d+")) {
        gpus.add(new Gpu(parts[1].strip(), Long.parseLong(parts[2]) << 20, parts[3].strip()));
        version = Optional.of(parts[4].strip()).flatMap(NvidiaDriver::version);
      }
    }
    return new NvidiaDriver(version, false, gpus);
  }

  private static String nvidiaSmi() {
    Process process;
    try {
      process = new ProcessBuilder(QUERY).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException absent) {
      return "";
    }
    try (InputStream output = process.getInputStream()) {
      // A driver in a bad state makes it hang; what it prints fits into the pipe.
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        return "";
      }
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      return "";
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return "";
    } finally {
      process.destroyForcibly();
    }
  }
}
