package dev.recal.tools.compatibility;

import java.nio.file.Files;
import java.nio.file.Path;

/** The paths of the repository's files. */
final class Repository {

  static final Path ROOT = find();

  private Repository() {}

  /** Returns a file of the directory of programs that consume exported models. */
  static Path interop(String file) {
    return ROOT.resolve("interop").resolve(file);
  }

  private static Path find() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("interop"))) {
        return at;
      }
    }
    throw new IllegalStateException(
        "Expected the tests to run inside the repository, but found no interop.");
  }
}
