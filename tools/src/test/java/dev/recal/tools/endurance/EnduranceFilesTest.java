package dev.recal.tools.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files of every kind that Recal reads: each is used rightly, or refused with a sentence
 * that names it. Nothing ends the process, hangs, or goes unnoticed where a digest tells it.
 */
@Tag("slow")
class EnduranceFilesTest {

  private static final int FILES = 600;
  private static final int SECONDS_OF_ONE = 120;
  private static final long PEAK_KILOBYTES = 3L << 20;
  private static final String FAILED = "FAILED";

  @TempDir private Path directory;
  private final List<String> failures = new ArrayList<>();
  private final Map<String, Map<String, Integer>> outcomes = new TreeMap<>();
  private long peak;

  @Test
  @Timeout(value = 120, unit = TimeUnit.MINUTES)
  void sixHundredDamagedFilesAreUsedRightlyOrRefusedByName() throws Exception {
    Path samples = Files.createDirectories(directory.resolve("samples"));
    FileSamples.write(samples);
    int next = 0;
    try {
      while (next < FILES) {
        next = run(samples, next);
      }
    } finally {
      report();
    }
    assertThat(failures).isEmpty();
    assertThat(outcomes).hasSameSizeAs(FileKind.all());
    assertThat(peak).isLessThan(PEAK_KILOBYTES);
  }

  // Returns the number of the next file: after the last one, or after the one that ended a process.
  private int run(Path samples, int first) throws Exception {
    Path output = directory.resolve("output.txt");
    List<String> command = Endurance.java("512m", FileTrials.class, samples, first, FILES);
    command.add(1, "-Drecal.seed=" + Endurance.SEED);
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
    // Results are compared bit for bit.
    builder.environment().put("TF_NUM_INTRAOP_THREADS", "1");
    builder.environment().put("TF_NUM_INTEROP_THREADS", "1");
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    Path errors = directory.resolve("errors.txt");
    Process process = builder.redirectError(errors.toFile()).start();
    boolean hangs = false;
    try {
      long size = 0;
      long since = System.nanoTime();
      while (!hangs && !process.waitFor(200, TimeUnit.MILLISECONDS)) {
        if (Files.size(output) > size) {
          size = Files.size(output);
          since = System.nanoTime();
        }
        hangs = System.nanoTime() - since > TimeUnit.SECONDS.toNanos(SECONDS_OF_ONE);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    int next = read(output);
    if (next < FILES) {
      FileKind kind = FileKind.all().get(next % FileKind.all().size());
      String end = hangs ? "hangs" : "the process ended with " + process.exitValue();
      add(next, kind.name(), FAILED + ": " + end, tail(errors));
      next++;
    }
    return next;
  }

  private static String tail(Path errors) throws IOException {
    String text = Files.readString(errors).strip();
    return text.substring(Math.max(0, text.length() - 500));
  }

  private int read(Path output) throws IOException {
    int next = 0;
    for (String line : Files.readAllLines(output)) {
      String[] parts = line.split(FileTrials.SEPARATOR, -1);
      if (parts[0].equals("peak")) {
        peak = Math.max(peak, Long.parseLong(parts[1]));
      } else {
        next = Integer.parseInt(parts[0]);
        if (parts.length == 4) {
          add(next, parts[1], parts[2], parts[3]);
          next++;
        }
      }
    }
    return next;
  }

  private void add(int number, String kind, String outcome, String said) {
    outcomes.computeIfAbsent(kind, any -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
    if (outcome.startsWith(FAILED)) {
      failures.add("file %d, %s, %s: %s".formatted(number, kind, outcome, said));
    }
  }

  private void report() {
    List<String> lines = new ArrayList<>();
    Map<String, Integer> all = new TreeMap<>();
    outcomes.forEach(
        (kind, counts) -> {
          lines.add("  " + kind + ": " + counts);
          counts.forEach((outcome, count) -> all.merge(outcome, count, Integer::sum));
        });
    lines.add(0, all.values().stream().mapToInt(Integer::intValue).sum() + " files: " + all);
    lines.add("peak memory of a process: " + peak / 1024 + " MB");
    lines.addAll(failures);
    Endurance.report("files", lines);
  }
}
