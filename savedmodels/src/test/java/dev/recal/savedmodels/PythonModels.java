package dev.recal.savedmodels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The SavedModels that {@code interop/python_models.py} made, as resources. */
final class PythonModels {

  private PythonModels() {}

  static Path resource(String name) {
    try {
      return Path.of(PythonModels.class.getResource("models/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Copies a model, to be damaged. */
  static Path copy(String name, Path target) throws IOException {
    Path source = resource(name);
    try (Stream<Path> walk = Files.walk(source)) {
      walk.forEach(
          path -> {
            try {
              Files.copy(path, target.resolve(source.relativize(path).toString()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    return target;
  }
}
