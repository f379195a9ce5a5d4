package dev.recal.savedmodels;

import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that is written under a temporary name next to its target and then renamed: readers
 * see all of it or nothing. Closing without publishing removes it.
 */
final class Publication implements AutoCloseable {

  private final Path target;
  private final Path temporary;
  private final Deque<Path> createdParents;
  private boolean published;

  private Publication(Path target, Path temporary, Deque<Path> createdParents) {
    this.target = target;
    this.temporary = temporary;
    this.createdParents = createdParents;
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
    Deque<Path> created = new ArrayDeque<>();
    try {
      for (Path parent = absolute.getParent(); !Files.exists(parent); parent = parent.getParent()) {
        created.addLast(parent);
      }
      Files.createDirectories(absolute.getParent());
      // Loaders that watch for integer names ignore this one.
      Path temporary =
          Files.createTempDirectory(absolute.getParent(), "." + absolute.getFileName() + ".part-");
      openPermissions(temporary);
      return new Publication(absolute, temporary, created);
    } catch (IOException e) {
      removeEmpty(created);
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
    return temporary;
  }

  /** Syncs the files to disk and renames the directory. */
  Path publish() throws IOException {
    if (Files.exists(target)) {
      throw new IOException(
          "target: " + target + " was created by another process in the meantime.");
    }
    try {
      synchronizeAll();
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      published = true;
      synchronize(target.getParent());
      return target;
    } catch (IOException e) {
      throw new IOException(
          "target: " + target + " could not be synced to disk: " + FileFailures.reason(e) + ".", e);
    }
  }

  private void synchronizeAll() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(temporary)) {
      files = walk.toList();
    }
    for (Path file : files) {
      synchronize(file);
    }
  }

  @Override
  public void close() throws IOException {
    if (!published) {
      try (Stream<Path> walk = Files.walk(temporary)) {
        for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
      removeEmpty(createdParents);
    }
  }

  // createTempDirectory creates private directories, but a server must be able to read this one.
  private static void openPermissions(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Path sample = Files.createDirectory(directory.resolve("sample"));
      Files.setPosixFilePermissions(directory, Files.getPosixFilePermissions(sample));
      Files.delete(sample);
    }
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

  private static void removeEmpty(Deque<Path> directories) throws IOException {
    for (Path directory : directories) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> children = Files.list(directory)) {
          if (children.findAny().isPresent()) {
            return;
          }
        }
        Files.delete(directory);
      }
    }
  }
}
