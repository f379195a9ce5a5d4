package dev.recal.tools.doctor;

import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The machine's processor.
 *
 * @param model its name as reported by the system; empty if unknown
 * @param cores the cores that this process may use
 * @param flags instruction sets relevant to TensorFlow, of {@link #REPORTED_FLAGS}; empty if the
 *     system does not report them
 */
public record Processor(Optional<String> model, int cores, Set<String> flags) {

  /** The instruction sets to detect. */
  public static final List<String> REPORTED_FLAGS =
      List.of(
          "avx2",
          "avx512f",
          "avx512_vnni",
          "avx_vnni",
          "avx512_bf16",
          "amx_tile",
          "amx_bf16",
          "amx_int8");

  private static final Path LINUX = Path.of("/proc/cpuinfo");

  /** Detects the processor of this machine. */
  public static Processor detect() {
    return parse(lines(), Runtime.getRuntime().availableProcessors());
  }

  /**
   * Reads Linux's description.
   *
   * @param lines of {@code /proc/cpuinfo}; none on other systems
   */
  static Processor parse(List<String> lines, int cores) {
    Set<String> flags = new TreeSet<>(REPORTED_FLAGS);
    // arm64 calls them features and uses other names: none of the interesting ones.
    List<String> reported =
        value(lines, "flags").map(line -> Arrays.asList(line.split(" "))).orElse(List.of());
    flags.retainAll(reported);
    return new Processor(value(lines, "model name"), cores, flags);
  }

  /**
   * Returns whether the processor multiplies bfloat16 matrices in hardware, which is what makes
   * training in bfloat16 faster than in float32.
   */
  public boolean multipliesBfloat16() {
    return flags.contains("amx_bf16") || flags.contains("avx512_bf16");
  }

  /**
   * Returns whether TensorFlow uses oneDNN on this processor unless {@code TF_ENABLE_ONEDNN_OPTS}
   * says otherwise: under Linux on x86-64 with one of the instruction sets for neural networks.
   * AVX2 or AVX-512F alone are not enough.
   */
  public boolean hasOneDnnByDefault() {
    return flags.stream().anyMatch(flag -> !flag.equals("avx2") && !flag.equals("avx512f"));
  }

  private static Optional<String> value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  private static List<String> lines() {
    try {
      return Files.isReadable(LINUX) ? TextFiles.lines(LINUX) : List.of();
    } catch (IOException unreadable) {
      return List.of();
    }
  }
}
