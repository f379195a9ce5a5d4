package dev.recal.graphs.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A source of images. A source is a record of settings; opening it reads files.
 *
 * <p>Recipes name a source by its type. A library joins its own through a {@link
 * DataSourceProvider}.
 */
public interface DataSource {

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

  /**
   * Returns the domain of an item, by which an evaluation also tells how good a network is.
   *
   * @param itemName of the opened set, see {@link DataSet#itemName}
   * @return nothing if the source has no domains, which is the default
   */
  default Optional<String> domain(String itemName) {
    return Optional.empty();
  }

  /** {@link #open(OpenSettings)} with {@link OpenSettings#defaults()}. */
  default DataSet open() throws IOException {
    return open(OpenSettings.defaults());
  }
}
