package dev.recal.tools.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Python program of {@code interop}.
 *
 * @param script its file
 * @param requirements the file in {@code interop} with its tested packages
 * @param variable the environment variable that may name an interpreter with them
 */
record PythonProgram(String script, String requirements, String variable) implements Program {

  private static final int INSTALLATION_SECONDS = 1800;

  /** Returns the interpreter named by the environment variable, if set. */
  Optional<String> interpreter() {
    return Optional.ofNullable(System.getenv(variable)).filter(path -> !path.isBlank());
  }

  @Override
  public String packages() {
    try {
      return String.join(", ", Files.readAllLines(Repository.interop(requirements)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> command(Path home) throws IOException, InterruptedException {
    Optional<String> named = interpreter();
    String python = named.isPresent() ? named.get() : installed(home);
    return List.of(python, Repository.interop(script).toString());
  }

  // Otherwise python3 creates an environment, shared by all programs with these packages.
  private String installed(Path home) throws IOException, InterruptedException {
    Path environment = home.resolveSibling(requirements.replace(".txt", ""));
    Path python = environment.resolve("bin").resolve("python");
    Path done = environment.resolve("requirements.txt");
    String wanted = Files.readString(Repository.interop(requirements), StandardCharsets.UTF_8);
    if (Files.exists(done) && Files.readString(done).equals(wanted)) {
      return python.toString();
    }
    Path log = home.resolve("installation.txt");
    install(List.of("python3", "-m", "venv", "--clear", environment.toString()), log);
    String file = Repository.interop(requirements).toString();
    install(List.of(python.toString(), "-m", "pip", "install", "--quiet", "-r", file), log);
    Files.writeString(done, wanted);
    return python.toString();
  }

  private void install(List<String> command, Path log) throws IOException, InterruptedException {
    ProcessResult child = ProcessResult.run(command, Map.of(), log, INSTALLATION_SECONDS);
    if (!child.succeeded()) {
      throw new IOException(
          "The packages of interop/"
              + requirements
              + " could not be installed; "
              + variable
              + " may name an interpreter that has them ("
              + child.tail()
              + ").");
    }
  }
}
