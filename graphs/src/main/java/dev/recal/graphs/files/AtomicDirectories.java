package dev.recal.graphs.files;

import dev.recal.ops.files.CreatedDirectories;
import dev.recal.ops.files.TemporaryPath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * Creates directories atomically: written under a temporary name next to the target, synced,
 * renamed.
 */
public final class AtomicDirectories {

  private AtomicDirectories() {}

  /** Writes the files of a directory. */
  @FunctionalInterface
  public interface Content {
    void writeTo(Path directory) throws IOException;
  }

  /**
   * Creates a directory; even if the process is killed, the directory is complete or absent.
   *
   * @param target must not exist, or be an empty directory
   * @throws FileAlreadyExistsException if it exists
   * @throws IOException if it cannot be written
   */
  public static void write(Path target, Content content) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    requireAbsent(absolute);
    try (CreatedDirectories parents = CreatedDirectories.of(absolute.getParent())) {
      try (TemporaryPath temporary = TemporaryPath.directory(absolute)) {
        content.writeTo(temporary.path());
        for (Path file : DurableFiles.inside(temporary.path())) {
          if (Files.isRegularFile(file)) {
            DurableFiles.sync(file);
          }
        }
        // An empty target, which rename only replaces on POSIX systems.
        Files.deleteIfExists(absolute);
        Files.move(temporary.path(), absolute, StandardCopyOption.ATOMIC_MOVE);
      }
      parents.keep();
    }
  }

  private static void requireAbsent(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      try (Stream<Path> entries = Files.list(target)) {
        if (entries.findAny().isEmpty()) {
          return;
        }
      }
    }
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
  }
}
