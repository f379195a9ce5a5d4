package dev.recal.graphs.files;

import dev.recal.ops.files.CreatedDirectories;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.NamedOutput;
import dev.recal.ops.files.TemporaryPath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;

/** Replaces files atomically: temporary file in the same directory, sync, rename. */
public final class AtomicFiles {
  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9]+\\.tmp");

  private AtomicFiles() {}

  /** Writes the content of a file; it need not close the stream. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Like {@link #write(Path, Content)} for content in memory. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, out -> out.write(content));
  }

  /**
   * Writes a file, or replaces it; after a failure or a kill the file has its old content.
   *
   * @param file target; its directory is created if absent
   * @throws IOException if the directory or the file cannot be written
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    try (CreatedDirectories parents =
            naming(target, () -> CreatedDirectories.of(target.getParent()));
        TemporaryPath temporary = naming(target, () -> TemporaryPath.file(target))) {
      writeAndSync(temporary.channel(), target, content);
      naming(target, () -> move(temporary.path(), target));
      parents.keep();
    }
  }

  /**
   * Deletes temporary files of earlier versions, which had no locks, that processes left which were
   * killed while they wrote. Those of this version are deleted by the next write in the directory.
   *
   * @param directory searched itself, without the directories in it
   * @throws IOException if it cannot be read
   */
  public static void sweep(Path directory) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, ".*.tmp")) {
      for (Path file : left) {
        if (Files.isRegularFile(file)
            && TEMPORARY.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static void writeAndSync(FileChannel channel, Path target, Content content)
      throws IOException {
    OutputStream out =
        new BufferedOutputStream(NamedOutput.of(target, Channels.newOutputStream(channel)));
    content.writeTo(out);
    out.flush();
    try {
      channel.force(true);
    } catch (IOException failure) {
      throw FileFailures.writing(target, failure);
    }
  }

  /** A step whose failure does not name the target. */
  private interface Step<T> {
    T run() throws IOException;
  }

  private static <T> T naming(Path target, Step<T> step) throws IOException {
    try {
      return step.run();
    } catch (IOException failure) {
      throw FileFailures.writing(target, failure);
    }
  }

  private static Path move(Path from, Path to) throws IOException {
    try {
      return Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      // For some network file systems; there is a short moment without the file.
      return Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
