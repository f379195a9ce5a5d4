package dev.recal.tools.console;

import dev.recal.ops.files.CreatedDirectories;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.TemporaryPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.stream.Stream;

/** Checks output files before computing, so that no work is lost. */
public final class Outputs {

  private static final String TRIAL = "trial";

  private Outputs() {}

  /** Something that writes a file. */
  @FunctionalInterface
  public interface WriteAction {
    /** Writes. */
    void run() throws IOException;
  }

  /**
   * Rejects a file that cannot or should not be written.
   *
   * @param force whether an existing file may be replaced
   * @throws FailureException if it exists, is a directory, or its directory is missing or
   *     unwritable
   */
  public static void requireWritable(Path file, boolean force) {
    Path parent = file.toAbsolutePath().normalize().getParent();
    if (Files.isDirectory(file)) {
      throw new FailureException("Output " + file + ": expected a file, but it is a directory.");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FailureException("Output " + file + ": expected a file, but it is a device.");
    }
    if (Files.exists(file) && !force) {
      throw new FailureException(
          "Output " + file + " already exists; use --force to overwrite it.");
    }
    if (!Files.isDirectory(parent)) {
      throw new FailureException("There is no directory " + parent + " to write " + file + " in.");
    }
    tryWriting(file, file);
  }

  /**
   * Rejects files that cannot or should not be written.
   *
   * @param files null entries are ignored
   */
  public static void requireAllWritable(boolean force, Path... files) {
    Stream.of(files).filter(Objects::nonNull).forEach(file -> requireWritable(file, force));
  }

  /**
   * Rejects a directory for many files that is not empty, or cannot be written.
   *
   * @param directory may be null if nothing is written
   * @param force whether it may contain files
   */
  public static void requireAbsent(Path directory, boolean force) throws IOException {
    if (directory != null && !force && isFilled(directory)) {
      throw new FailureException(
          "Output " + directory + " already contains files; use --force to add to them.");
    }
    requireDirectory(directory);
  }

  /** Rejects a directory that exists and is not empty, or cannot be created. */
  public static void requireNew(Path directory) throws IOException {
    if (isFilled(directory)) {
      throw new FailureException(
          "Output " + directory + " already exists and contains files; choose another directory.");
    }
    requireDirectory(directory);
  }

  /**
   * Rejects a directory that cannot be created or written.
   *
   * @param directory may be null if nothing is written; it may contain files
   */
  public static void requireDirectory(Path directory) {
    if (directory == null) {
      return;
    }
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new FailureException(
          "Output " + directory + ": expected a directory, but it is a file.");
    }
    try {
      CreatedDirectories created = CreatedDirectories.of(directory);
      try {
        tryWriting(directory, directory.resolve(TRIAL));
      } finally {
        created.close();
      }
    } catch (IOException failure) {
      throw unwritable(directory, failure);
    }
  }

  /**
   * Rejects a file that cannot be written; an existing one is replaced, a missing directory
   * created.
   *
   * @param file may be null if nothing is written
   */
  public static void requireReplaceable(Path file) {
    if (file == null) {
      return;
    }
    if (Files.exists(file)) {
      requireWritable(file, true);
    } else {
      requireDirectory(file.toAbsolutePath().normalize().getParent());
    }
  }

  private static boolean isFilled(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.anyMatch(entry -> !TemporaryPath.isTemporary(entry));
    }
  }

  // Permissions do not tell what a full disk, a read-only or a virtual file system refuses.
  private static void tryWriting(Path output, Path file) {
    try {
      TemporaryPath.file(file).close();
      requireName(file);
    } catch (NoSuchFileException virtual) {
      throw new FailureException(
          "Output " + output + " cannot be written: its directory takes no files.", virtual);
    } catch (IOException failure) {
      throw unwritable(output, failure);
    }
  }

  // The temporary file has a shorter name.
  private static void requireName(Path file) throws IOException {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException allowed) {
      return;
    }
  }

  private static FailureException unwritable(Path output, IOException failure) {
    return new FailureException(
        "Output " + output + " cannot be written: " + FileFailures.reason(output, failure) + ".",
        failure);
  }

  /** Writes, with an error that names the file. */
  public static void writing(Path file, WriteAction writing) {
    try {
      writing.run();
    } catch (IOException failure) {
      throw new FailureException(
          "Cannot write " + file + ": " + FileFailures.reason(failure) + ".", failure);
    }
  }
}
