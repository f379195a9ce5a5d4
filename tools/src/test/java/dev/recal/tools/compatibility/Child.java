package dev.recal.tools.compatibility;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that has ended.
 *
 * @param status what it ended with; above 128 where a signal ended it
 * @param said what it wrote to its output and error streams
 */
record Child(int status, String said) {

  private static final int TAIL = 2000;

  /**
   * Runs a process to its end.
   *
   * @param log where its output goes
   * @param seconds after which it is ended
   */
  static Child run(List<String> command, Map<String, String> environment, Path log, int seconds)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      if (!ended) {
        return new Child(-1, "It had not ended after " + seconds + " s.");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return new Child(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }

  boolean succeeded() {
    return status == 0;
  }

  /** Returns the end of what it said, for a message. */
  String tail() {
    String end = said.substring(Math.max(0, said.length() - TAIL)).strip();
    return "status " + status + (end.isEmpty() ? "" : ": " + end);
  }
}
