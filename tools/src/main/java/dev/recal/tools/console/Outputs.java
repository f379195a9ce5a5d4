package dev.recal.tools.console;

import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** Checks output files before computing, so that no work is lost. */
public final class Outputs {

  private Outputs() {}

  /** Something that writes a file. */
  @FunctionalInterface
  public interface Writing {
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
    if (Files.exists(file) && !force) {
      throw new FailureException(
          "Output " + file + " already exists; use --force to overwrite it.");
    }
    if (!Files.isDirectory(parent)) {
      throw new FailureException("There is no directory " + parent + " to write " + file + " in.");
    }
    if (!Files.isWritable(parent)) {
      throw new FailureException("Directory " + parent + " cannot be written.");
    }
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
   * Rejects a directory for many files that is not empty.
   *
   * @param directory may be null if nothing is written
   * @param force whether it may
   */
  public static void requireFree(Path directory, boolean force) throws IOException {
    if (directory == null || !Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new FailureException(
          "Output " + directory + ": expected a directory, but it is a file.");
    }
    try (Stream<Path> entries = Files.list(directory)) {
      if (!force && entries.findAny().isPresent()) {
        throw new FailureException(
            "Output " + directory + " already contains files; use --force to add to them.");
      }
    }
  }

  /** Writes, with an error that names the file. */
  public static void writing(Path file, Writing writing) {
    try {
      writing.run();
    } catch (IOException failure) {
      throw new FailureException(
          "Cannot write " + file + ": " + FileFailures.reason(failure) + ".", failure);
    }
  }
}
