package dev.recal.spark.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import dev.recal.ops.Arguments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * A Parquet table of image files. A chunk consists of whole files of the table.
 *
 * @param location a file or a directory
 * @param pathColumn names the images; no name may occur twice
 * @param bytesColumn the bytes of the image files
 */
public record ImageTable(String location, String pathColumn, String bytesColumn)
    implements ImageSource {

  private static final String FILE = "file";

  /** Rejects an empty location. */
  public ImageTable {
    Arguments.require(!location.isBlank(), "table", "a Parquet table", "'" + location + "'");
  }

  @Override
  public Remaining remaining(SparkSession spark, Optional<Dataset<Row>> done, int chunk)
      throws IOException {
    Dataset<Row> table = Tables.read(() -> spark.read().parquet(location), "table", location);
    requireColumns(table);
    Dataset<Row> ids = table.select(path(), file().as(FILE));
    requireDistinct(ids);
    long found = ids.count();
    if (found == 0) {
      throw new IOException("The table " + location + " has no rows.");
    }
    List<Row> files =
        done.map(paths -> Tables.without(ids, paths))
            .orElse(ids)
            .groupBy(FILE)
            .count()
            .orderBy(FILE)
            .collectAsList();
    List<Dataset<Row>> chunks = new ArrayList<>();
    List<Object> group = new ArrayList<>();
    long grouped = 0;
    long left = 0;
    for (Row one : files) {
      group.add(one.getString(0));
      grouped += one.getLong(1);
      left += one.getLong(1);
      if (grouped >= chunk) {
        chunks.add(rows(table, ids, done, group));
        group.clear();
        grouped = 0;
      }
    }
    if (!group.isEmpty()) {
      chunks.add(rows(table, ids, done, group));
    }
    return new Remaining(found, left, chunks);
  }

  private Dataset<Row> rows(
      Dataset<Row> table, Dataset<Row> ids, Optional<Dataset<Row>> done, List<Object> files) {
    Object[] names = files.toArray();
    Dataset<Row> rows =
        table.where(file().isin(names)).select(path(), col(bytesColumn).as(CONTENT));
    Dataset<Row> here = ids.where(col(FILE).isin(names)).select(PATH);
    Dataset<Row> left = done.map(paths -> Tables.without(rows, finished(paths, here))).orElse(rows);
    int cores = table.sparkSession().sparkContext().defaultParallelism();
    // A file of one row group would keep one core busy.
    return left.javaRDD().getNumPartitions() < cores ? left.repartition(cores) : left;
  }

  // Only those of a chunk, which fit into every executor's memory: no image has to be moved.
  private static Dataset<Row> finished(Dataset<Row> done, Dataset<Row> here) {
    return broadcast(done.join(here, done.col(PATH).eqNullSafe(here.col(PATH)), "left_semi"));
  }

  private void requireColumns(Dataset<Row> table) throws IOException {
    List<String> names = Arrays.asList(table.schema().fieldNames());
    for (String name : List.of(pathColumn, bytesColumn)) {
      if (!names.contains(name)) {
        throw new IOException(
            "table: expected a column '" + name + "', but " + location + " has " + names + ".");
      }
    }
    DataType bytes = table.schema().apply(bytesColumn).dataType();
    if (!bytes.equals(DataTypes.BinaryType)) {
      throw new IOException(
          "table: expected bytes in the column '"
              + bytesColumn
              + "' of "
              + location
              + ", but got "
              + bytes.simpleString()
              + ".");
    }
  }

  // A resumed job skips images by their names.
  private void requireDistinct(Dataset<Row> ids) throws IOException {
    List<Row> repeated =
        ids.where(col(PATH).isNotNull())
            .groupBy(PATH)
            .count()
            .where(col("count").gt(1))
            .takeAsList(1);
    if (!repeated.isEmpty()) {
      throw new IOException(
          "table: expected different names in the column '"
              + pathColumn
              + "' of "
              + location
              + ", but got '"
              + repeated.get(0).getString(0)
              + "' "
              + repeated.get(0).getLong(1)
              + " times.");
    }
  }

  private Column path() {
    return col(pathColumn).cast(DataTypes.StringType).as(PATH);
  }

  private static Column file() {
    return col("_metadata.file_path");
  }
}
