package dev.recal.graphs.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** A directory of a training run; detects if it is replaced by another one. */
final class WatchedDirectory {

  private final Path path;
  // The identity of the directory when first accessed.
  private Optional<Object> identity = Optional.empty();

  WatchedDirectory(Path path) {
    this.path = path;
  }

  /**
   * Checks that the directory is still the one that it was.
   *
   * @throws CheckpointException if it was moved, deleted or replaced since first accessed
   */
  void requireExists() throws CheckpointException {
    Optional<Object> now = identity();
    if (identity.isPresent() && !identity.equals(now)) {
      throw new CheckpointException(
          "The directory "
              + path
              + " was moved, deleted or replaced while its run trained, so training ends; nothing"
              + " was written in its place.",
          null);
    }
    identity = now;
  }

  /**
   * Creates the directory if it has never existed.
   *
   * @throws CheckpointException if it was moved, deleted or replaced since first accessed
   * @throws IOException if it cannot be created
   */
  void create() throws IOException {
    requireExists();
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new IOException(path + " is a file, not a directory");
    }
    Files.createDirectories(path);
    identity = identity();
  }

  // Without inode numbers, as on Windows, existence has to suffice.
  private Optional<Object> identity() {
    try {
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return Optional.of(key == null ? Boolean.TRUE : key);
    } catch (IOException missing) {
      return Optional.empty();
    }
  }
}
