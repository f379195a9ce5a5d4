package dev.recal.tools.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python with PyTorch: that of {@code RECAL_TORCH_PYTHON}, of {@code RECAL_PYTHON}, or {@code
 * python3}, whichever has the packages first.
 */
final class Torch {

  private static final Optional<String> PYTHON = find();

  private Torch() {}

  /** Skips the test where there is none. */
  static void assume() {
    Assumptions.assumeTrue(
        PYTHON.isPresent(),
        "neither RECAL_TORCH_PYTHON nor RECAL_PYTHON nor python3 has torch, torchvision and timm");
  }

  /** Runs {@code interop/torch_weights.py} and returns its output. */
  static String run(Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(PYTHON.orElseThrow());
    command.add(repository().resolve("interop/torch_weights.py").toString());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return call(command, 300);
  }

  /** Returns a photograph, if the data are next to the repository. */
  static Optional<Path> photographs() {
    return upwards("shared/data/imagenet-sample.zip");
  }

  private static Path repository() {
    return upwards("interop").orElseThrow().getParent();
  }

  private static Optional<Path> upwards(String path) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(path))) {
        return Optional.of(at.resolve(path));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> find() {
    return Stream.of(System.getenv("RECAL_TORCH_PYTHON"), System.getenv("RECAL_PYTHON"), "python3")
        .filter(python -> python != null && !python.isBlank())
        .filter(Torch::hasPackages)
        .findFirst();
  }

  private static boolean hasPackages(String python) {
    String test =
        "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec,"
            + " ['torch', 'torchvision', 'timm', 'safetensors', 'PIL'])))";
    try {
      call(List.of(python, "-c", test), 60);
      return true;
    } catch (IOException | IllegalStateException absent) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String call(List<String> command, long seconds)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("torch", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      process.destroyForcibly();
      String text = Files.readString(log, StandardCharsets.UTF_8);
      if (!ended || process.exitValue() != 0) {
        throw new IllegalStateException(command + " ended with: " + text);
      }
      return text;
    } finally {
      Files.delete(log);
    }
  }
}
