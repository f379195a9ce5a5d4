package dev.recal.tools.compatibility;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The result of a process.
 *
 * @param status the exit status; above 128 if it was ended by a signal
 * @param output its standard output and error
 */
record ProcessResult(int status, String output) {

  private static final int TAIL = 2000;

  /**
   * Runs a process to its end.
   *
   * @param log the file for its output
   * @param seconds after which it is ended, counted from its start or the last new file beside the
   *     log
   */
  static ProcessResult run(
      List<String> command, Map<String, String> environment, Path log, int seconds)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      long files = count(log);
      long waited = 0;
      while (!process.waitFor(1, TimeUnit.SECONDS)) {
        long now = count(log);
        waited = now == files ? waited + 1 : 0;
        files = now;
        if (waited > seconds) {
          return new ProcessResult(-1, "It had not come further after " + seconds + " s.");
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return new ProcessResult(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }

  private static long count(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log.getParent())) {
      return files.count();
    }
  }

  boolean succeeded() {
    return status == 0;
  }

  /** Returns the end of its output, for a message. */
  String tail() {
    String end = output.substring(Math.max(0, output.length() - TAIL)).strip();
    return "status " + status + (end.isEmpty() ? "" : ": " + end);
  }
}
