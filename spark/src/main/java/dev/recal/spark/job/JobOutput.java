package dev.recal.spark.job;

import static org.apache.spark.sql.functions.col;

import dev.recal.ops.json.JsonRecords;
import dev.recal.spark.Scoring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The two Parquet tables that a job writes.
 *
 * @param out results: {@code path} and the model's columns
 * @param errors unusable images: {@code path} and {@code reason}
 */
record JobOutput(String out, String errors) {

  // Spark ignores files whose names begin with an underscore.
  private static final String MARK = "_recal.json";
  private static final String PATHS = ImageSource.PATH + " string";
  // More rows make no better file.
  private static final long ROWS_IN_A_FILE = 100_000;

  /**
   * What the results of one directory have in common.
   *
   * @param model the SHA-256 of the model's files
   * @param signature as in the settings
   * @param topK as in the settings
   */
  record Mark(String model, String signature, int topK) {
    @Override
    public String toString() {
      return "the model "
          + model
          + (signature.isEmpty()
              ? " with top-k " + topK
              : " with the signature '" + signature + "'");
    }
  }

  /**
   * Checks that results may be added.
   *
   * @param resume whether the directories may contain any
   * @throws IOException if they contain results of another model or, without {@code resume}, any
   */
  void require(SparkSession spark, Mark mark, boolean resume) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    if (!resume) {
      requireEmpty("out", out, hadoop);
      requireEmpty("errors", errors, hadoop);
    }
    Path file = new Path(out, MARK);
    FileSystem files = file.getFileSystem(hadoop);
    if (files.exists(file)) {
      Mark found = read(files, file);
      if (!found.equals(mark)) {
        throw new IOException(
            "out: expected results of " + mark + ", but " + out + " has results of " + found + ".");
      }
    }
  }

  /** Creates the directory of the results. */
  void begin(SparkSession spark, Mark mark) throws IOException {
    Path file = new Path(out, MARK);
    FileSystem files = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
    files.mkdirs(file.getParent());
    try (FSDataOutputStream stream = files.create(file, true)) {
      stream.write(JsonRecords.sealed().write(mark).toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Returns the paths of all images that were scored, or found to be unusable, at this time; empty
   * if there are none.
   *
   * <p>As an RDD: Spark recomputes what is cached of queries that read a directory whenever it
   * writes to that directory.
   */
  Optional<Dataset<Row>> done(SparkSession spark) throws IOException {
    Dataset<Row> paths = paths(spark, out).unionAll(paths(spark, errors));
    return paths.isEmpty()
        ? Optional.empty()
        : Optional.of(spark.createDataFrame(paths.javaRDD(), paths.schema()));
  }

  /**
   * Appends scored rows.
   *
   * @param counts of the rows
   */
  void append(Dataset<Row> scored, ChunkCounts counts) {
    if (counts.scored() > 0) {
      int files = (int) ((counts.scored() + ROWS_IN_A_FILE - 1) / ROWS_IN_A_FILE);
      write(scored.where(col(Scoring.PROBLEM).isNull()).drop(Scoring.PROBLEM), files, out);
    }
    if (counts.unusable() > 0) {
      write(
          scored
              .where(col(Scoring.PROBLEM).isNotNull())
              .select(col(ImageSource.PATH), col(Scoring.PROBLEM).as("reason")),
          1,
          errors);
    }
  }

  private static void write(Dataset<Row> rows, int files, String directory) {
    rows.coalesce(files).write().mode(SaveMode.Append).parquet(directory);
  }

  private static Dataset<Row> paths(SparkSession spark, String directory) throws IOException {
    Path path = new Path(directory);
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(path)
        ? spark.read().schema(PATHS).parquet(directory)
        : spark.createDataFrame(List.of(), StructType.fromDDL(PATHS));
  }

  private static void requireEmpty(String argument, String directory, Configuration hadoop)
      throws IOException {
    Path path = new Path(directory);
    FileSystem files = path.getFileSystem(hadoop);
    if (files.exists(path) && files.listStatus(path).length > 0) {
      throw new IOException(
          argument
              + ": expected a new directory, but "
              + directory
              + " has contents; only a job that resumes adds to them.");
    }
  }

  private static Mark read(FileSystem files, Path file) throws IOException {
    try (FSDataInputStream stream = files.open(file)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return JsonRecords.sealed().read(JsonRecords.parse(text), Mark.class);
    } catch (IllegalArgumentException damaged) {
      throw new IOException("File " + file + " is damaged: " + damaged.getMessage(), damaged);
    }
  }
}
