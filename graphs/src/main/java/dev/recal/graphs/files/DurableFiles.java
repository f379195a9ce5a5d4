package dev.recal.graphs.files;

import dev.recal.ops.files.FileFailures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files and directories on the medium, and off it. */
public final class DurableFiles {

  private static final Logger LOG = LoggerFactory.getLogger(DurableFiles.class);

  private DurableFiles() {}

  /** Waits until a file's content is on the medium. */
  public static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException failure) {
      throw FileFailures.writing(file, failure);
    }
  }

  /**
   * Waits until names and renames in a directory are on the medium. Windows has no such call and
   * cannot open a directory.
   */
  public static void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException unsupported) {
      LOG.debug("The directory {} cannot be synced.", directory, unsupported);
    }
  }

  /** Returns a directory and everything in it, the innermost first. */
  public static List<Path> inside(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.sorted(Comparator.reverseOrder()).toList();
    }
  }

  /** Deletes a file, or a directory with everything in it, if it exists. */
  public static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      for (Path path : inside(directory)) {
        Files.delete(path);
      }
    }
  }
}
