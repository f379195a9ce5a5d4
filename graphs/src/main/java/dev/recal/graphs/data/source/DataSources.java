package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.shards.RecordShards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Detects the kind of source at a path. */
public final class DataSources {

  private DataSources() {}

  /**
   * Returns the source at a path: a directory of shards, a folder of class folders, a zip archive
   * of them, a TFRecord file, or a pattern of their names such as {@code train-*}.
   *
   * @throws IllegalArgumentException if there is nothing
   */
  public static DataSource of(Path path) {
    if (Files.isDirectory(path)) {
      return RecordShards.isAt(path) ? new RecordShards(path) : new ImageFolder(path);
    }
    if (!Files.exists(path) && RecordFiles.isPattern(path)) {
      return new TfRecords(List.of(path));
    }
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("No such file or directory: " + path + ".");
    }
    return path.toString().matches(".*\\.(tfrecords?|tfr)")
        ? new TfRecords(List.of(path))
        : new ImageArchive(path);
  }
}
