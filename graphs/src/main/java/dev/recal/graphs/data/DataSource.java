package dev.recal.graphs.data;

import dev.recal.graphs.data.shards.RecordShards;
import dev.recal.graphs.data.source.CifarBinary;
import dev.recal.graphs.data.source.ImageArchive;
import dev.recal.graphs.data.source.ImageCollection;
import dev.recal.graphs.data.source.ImageFolder;
import dev.recal.graphs.data.source.Textures;
import dev.recal.graphs.data.source.TfRecords;
import java.io.IOException;
import java.nio.file.Path;

/** Where labelled images come from. A source is a record of settings; opening it reads files. */
public sealed interface DataSource
    permits CifarBinary,
        ImageArchive,
        ImageCollection,
        ImageFolder,
        RecordShards,
        Textures,
        TfRecords {

  /**
   * Finds and checks the items.
   *
   * @return a data set, to be closed by the caller
   * @throws IllegalArgumentException if the source does not exist or holds no classes of images
   * @throws IOException if it cannot be read, or holds unusable files and settings are strict
   */
  DataSet open(OpenSettings settings) throws IOException;

  /**
   * Returns the same source with absolute paths.
   *
   * @param base where relative paths start
   */
  default DataSource at(Path base) {
    return this;
  }

  /** {@link #open(OpenSettings)} with {@link OpenSettings#defaults()}. */
  default DataSet open() throws IOException {
    return open(OpenSettings.defaults());
  }
}
