package dev.recal.savedmodels.check;

import dev.recal.ops.checkpoint.CheckpointIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Checks the files next to {@code saved_model.pb}: checkpoint and assets. */
final class FileCheck {

  private static final String VARIABLES = "variables";
  private static final String ASSETS = "assets";

  private final Path directory;

  FileCheck(Path directory) {
    this.directory = directory;
  }

  /** Returns the prefix of the checkpoint in {@code variables}. */
  String prefix() {
    return directory.resolve(VARIABLES).resolve(VARIABLES).toString();
  }

  boolean hasCheckpoint() {
    return Files.exists(CheckpointIndex.file(prefix()), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Reads the index and returns the size of its data files in bytes.
   *
   * @throws IOException if it is damaged, or its files are missing or too short
   */
  long checkpoint() throws IOException {
    requireRegular(CheckpointIndex.file(prefix()));
    CheckpointIndex.read(prefix());
    long bytes = 0;
    try (Stream<Path> files = Files.list(directory.resolve(VARIABLES))) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(VARIABLES + ".data-")) {
          requireRegular(file);
          bytes += Files.size(file);
        }
      }
    }
    return bytes;
  }

  /** Rejects names of assets outside {@code assets}, and assets that are not files. */
  void assets(List<String> names) throws IOException, Problem {
    for (String name : names) {
      if (!isInside(name)) {
        throw new Problem(
            "it has an asset %s outside its own directory '%s'", Problem.quote(name), ASSETS);
      }
      requireRegular(directory.resolve(ASSETS).resolve(name));
    }
  }

  private static boolean isInside(String name) {
    // The backslash is a separator on other systems, where the model may be loaded.
    if (name.isBlank() || name.startsWith("/") || name.contains("\\") || name.contains("://")) {
      return false;
    }
    try {
      Path path = Path.of(name);
      if (path.isAbsolute()) {
        return false;
      }
      for (Path part : path) {
        if (part.toString().equals("..")) {
          return false;
        }
      }
      return true;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Rejects missing files, directories, pipes and devices before they are opened. */
  static void requireRegular(Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      return;
    }
    String found;
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      found = "is missing";
    } else if (Files.isDirectory(file)) {
      found = "is a directory";
    } else if (Files.isSymbolicLink(file) && !Files.exists(file)) {
      found = "is a broken link";
    } else {
      found = "is a pipe, a device or another special file";
    }
    throw new DamagedModelException("Expected a file, but " + file + " " + found + ".");
  }
}
