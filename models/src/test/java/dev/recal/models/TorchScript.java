package dev.recal.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A script of {@code interop/} that reads cases and writes answers as safetensors files, run by the
 * interpreter that the environment variable {@code RECAL_TORCH_PYTHON} names.
 *
 * @param python the interpreter
 * @param name of the file
 * @param directory for cases, answers and the log
 */
public record TorchScript(String python, String name, Path directory) {

  /** Skips the test where there is no interpreter. */
  public static TorchScript find(String name, Path directory) {
    String python = System.getenv("RECAL_TORCH_PYTHON");
    Assumptions.assumeTrue(python != null, "RECAL_TORCH_PYTHON names no interpreter");
    return new TorchScript(python, name, directory);
  }

  /** Returns the file of a case. */
  public Path testCase(int index) {
    return directory.resolve("case" + index + ".safetensors");
  }

  /** Returns the file of an answer. */
  public Path answer(int index) {
    return directory.resolve("answer" + index + ".safetensors");
  }

  /** Runs the script on the first cases. */
  public void run(int cases) throws IOException, InterruptedException {
    Path log = directory.resolve("log.txt");
    List<String> command = new ArrayList<>(List.of(python, script().toString()));
    for (int i = 0; i < cases; i++) {
      command.add(testCase(i).toString());
      command.add(answer(i).toString());
    }
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log, StandardCharsets.UTF_8)).isEqualTo(0);
  }

  private Path script() {
    Path place = Path.of("").toAbsolutePath();
    while (!Files.exists(place.resolve("interop"))) {
      place = place.getParent();
    }
    return place.resolve("interop").resolve(name);
  }
}
