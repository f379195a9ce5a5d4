package dev.recal.ops.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that is created with its parents as far as they are missing. Closing it removes what
 * was created and is empty, unless it is kept: a failure leaves no empty directories behind.
 */
public final class CreatedDirectories implements AutoCloseable {

  // The innermost first.
  private final List<Path> created;
  private boolean kept;

  private CreatedDirectories(List<Path> created) {
    this.created = created;
  }

  /**
   * Creates a directory; one that exists stays in any case.
   *
   * @throws IOException if it cannot be created; nothing is left then
   */
  public static CreatedDirectories of(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    List<Path> missing = new ArrayList<>();
    Path existing = absolute;
    while (existing != null && !Files.exists(existing)) {
      missing.add(existing);
      existing = existing.getParent();
    }
    if (existing != null && !Files.isDirectory(existing)) {
      throw new NotDirectoryException(existing.toString());
    }
    CreatedDirectories directories = new CreatedDirectories(missing);
    try {
      Files.createDirectories(absolute);
      return directories;
    } catch (IOException failure) {
      directories.close();
      throw failure;
    }
  }

  /** Keeps the directories. */
  public void keep() {
    kept = true;
  }

  @Override
  public void close() throws IOException {
    if (kept) {
      return;
    }
    for (Path directory : created) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> entries = Files.list(directory)) {
          if (entries.findAny().isPresent()) {
            return;
          }
        }
        Files.delete(directory);
      }
    }
  }
}
