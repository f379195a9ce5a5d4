package dev.recal.spark.job;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Where the images of a job come from. */
public sealed interface ImageSource permits ImageFolder, ImageTable {

  /** The column that names an image. */
  String PATH = "path";

  /** The column with its bytes. */
  String CONTENT = "content";

  /**
   * The images that are left to be scored.
   *
   * @param found the number of all images
   * @param left the number of those without a result
   * @param chunks rows with {@link #PATH} and, if the source has them, {@link #CONTENT}
   */
  record Remaining(long found, long left, List<Dataset<Row>> chunks) {

    /** Copies the list. */
    public Remaining {
      chunks = List.copyOf(chunks);
    }
  }

  /**
   * Divides the images that are left into chunks.
   *
   * @param done rows with the {@link #PATH} of images that have a result; empty if none has
   * @param chunk about the number of images in a chunk
   * @throws IOException if there are none, or the source cannot be read
   */
  Remaining remaining(SparkSession spark, Optional<Dataset<Row>> done, int chunk)
      throws IOException;
}
