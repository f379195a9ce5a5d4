package dev.recal.tools.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The Python of {@code RECAL_PYTHON}, and the scripts of {@code interop}. */
public final class Python {

  private static final String COMMAND = System.getenv("RECAL_PYTHON");
  private static final long MINUTES = 15;

  private Python() {}

  /** Skips the test if there is no Python, or a package is missing. */
  public static void assume(String... packages) throws IOException, InterruptedException {
    Assumptions.assumeTrue(COMMAND != null, "RECAL_PYTHON names no interpreter");
    for (String name : packages) {
      String test = "import importlib.util as u; exit(not u.find_spec('" + name + "'))";
      Process process = new ProcessBuilder(COMMAND, "-c", test).start();
      Assumptions.assumeTrue(process.waitFor() == 0, "Python has no " + name);
    }
  }

  /** Runs a script, which must succeed, and returns its output. */
  public static String run(String script, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(COMMAND));
    command.add(interop().resolve(script).toString());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path log = Files.createTempFile("python", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly();
      String output = Files.readString(log, StandardCharsets.UTF_8);
      assertThat(ended).as(output).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    } finally {
      Files.delete(log);
    }
  }

  private static Path interop() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("interop"))) {
      directory = directory.getParent();
    }
    return directory.resolve("interop");
  }
}
