package dev.recal.savedmodels;

import dev.recal.ops.files.CreatedDirectories;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.TemporaryPath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that is written under a temporary name next to its target and then renamed: readers
 * see all files or none. Closing without publishing removes it.
 */
final class Publication implements AutoCloseable {

  private final Path target;
  private final TemporaryPath temporary;
  private final CreatedDirectories parents;

  private Publication(Path target, TemporaryPath temporary, CreatedDirectories parents) {
    this.target = target;
    this.temporary = temporary;
    this.parents = parents;
  }

  /**
   * Creates the temporary directory.
   *
   * @param target must not exist yet
   */
  static Publication begin(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (Files.exists(absolute)) {
      throw new IOException(
          "target: " + absolute + " already exists; choose another version or directory.");
    }
    try {
      CreatedDirectories parents = CreatedDirectories.of(absolute.getParent());
      try {
        // Loaders that watch for integer names ignore this one.
        return new Publication(absolute, TemporaryPath.directory(absolute), parents);
      } catch (IOException e) {
        parents.close();
        throw e;
      }
    } catch (IOException e) {
      throw new IOException(
          "target: expected a writable directory, but cannot write into "
              + absolute.getParent()
              + ": "
              + FileFailures.reason(e)
              + ".",
          e);
    }
  }

  /** Returns the directory to fill. */
  Path directory() {
    return temporary.path();
  }

  /** Syncs the files to disk and renames the directory. */
  Path publish() throws IOException {
    if (Files.exists(target)) {
      throw new IOException(
          "target: " + target + " was created by another process in the meantime.");
    }
    try {
      synchronizeAll();
      Files.move(temporary.path(), target, StandardCopyOption.ATOMIC_MOVE);
      parents.keep();
      synchronize(target.getParent());
      return target;
    } catch (IOException e) {
      throw new IOException(
          "target: " + target + " could not be synced to disk: " + FileFailures.reason(e) + ".", e);
    }
  }

  private void synchronizeAll() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(temporary.path())) {
      files = walk.toList();
    }
    for (Path file : files) {
      synchronize(file);
    }
  }

  @Override
  public void close() throws IOException {
    temporary.close();
    parents.close();
  }

  private static void synchronize(Path path) throws IOException {
    boolean directory = Files.isDirectory(path);
    try (FileChannel channel =
        FileChannel.open(path, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open directories and needs no sync of them.
      if (!directory) {
        throw e;
      }
    }
  }
}
