package dev.recal.graphs.files;

import dev.recal.ops.files.CreatedDirectories;
import dev.recal.ops.files.TemporaryPath;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A directory that is about to be filled. Closing it removes everything in it, and the directory
 * with its parents as far as they were created, unless it is kept: a start that fails leaves
 * nothing behind, and a directory that existed stays.
 */
public final class NewDirectory implements AutoCloseable {

  private final Path directory;
  private final CreatedDirectories created;
  // Which directory it is: another one that was put in its place is not emptied.
  private final Object identity;
  private boolean kept;

  private NewDirectory(Path directory, CreatedDirectories created) throws IOException {
    this.directory = directory;
    this.created = created;
    this.identity = identity(directory);
  }

  /**
   * Creates a directory.
   *
   * @throws DirectoryNotEmptyException if it exists and holds something other than what a killed
   *     process left
   * @throws IOException if it cannot be created; nothing is left then
   */
  public static NewDirectory at(Path directory) throws IOException {
    CreatedDirectories created = CreatedDirectories.of(directory);
    try {
      if (!entries(directory).stream().allMatch(TemporaryPath::isTemporary)) {
        throw new DirectoryNotEmptyException(directory.toString());
      }
      return new NewDirectory(directory, created);
    } catch (IOException failure) {
      created.close();
      throw failure;
    }
  }

  /** Keeps the directory with everything in it. */
  public void keep() {
    kept = true;
    created.keep();
  }

  @Override
  public void close() throws IOException {
    if (!kept && Files.isDirectory(directory) && Objects.equals(identity, identity(directory))) {
      for (Path entry : entries(directory)) {
        DurableFiles.delete(entry);
      }
    }
    created.close();
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  // Null on systems without inode numbers, as on Windows.
  private static Object identity(Path directory) throws IOException {
    return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
  }
}
