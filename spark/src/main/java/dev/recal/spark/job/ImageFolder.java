package dev.recal.spark.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import dev.recal.ops.Arguments;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Image files, which the executors read.
 *
 * @param location a directory, searched at any depth, or a glob; files and directories whose names
 *     begin with a dot or an underscore are left out
 */
public record ImageFolder(String location) implements ImageSource {

  // Fast executors take more tasks than slow ones.
  private static final int TASKS_FOR_A_CORE = 4;
  private static final int PATHS_IN_A_TASK = 5000;
  private static final int MIN_IMAGES_IN_A_TASK = 16;
  private static final int MAX_IMAGES_IN_A_TASK = 2000;

  /** Rejects an empty location. */
  public ImageFolder {
    Arguments.require(!location.isBlank(), "images", "a directory or a glob", "'" + location + "'");
  }

  @Override
  public Remaining remaining(SparkSession spark, Optional<Dataset<Row>> done, int chunk)
      throws IOException {
    List<String> found = list(spark);
    if (found.isEmpty()) {
      throw new IOException("There are no files in " + location + ".");
    }
    Dataset<Row> listed =
        spark
            .createDataset(
                JavaSparkContext.fromSparkContext(spark.sparkContext())
                    .parallelize(found, 1 + found.size() / PATHS_IN_A_TASK)
                    .rdd(),
                Encoders.STRING())
            .toDF(PATH);
    Dataset<Row> left =
        done.map(paths -> Tables.without(listed, paths))
            .orElse(listed)
            .persist(StorageLevel.MEMORY_AND_DISK());
    long count = left.count();
    int chunks = Math.toIntExact((count + chunk - 1) / chunk);
    int tasks = tasks(count / Math.max(1, chunks), spark.sparkContext().defaultParallelism());
    List<Dataset<Row>> parts = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      parts.add(left.where(pmod(xxhash64(col(PATH)), lit(chunks)).equalTo(i)).repartition(tasks));
    }
    return new Remaining(found.size(), count, parts);
  }

  // Only the names of Spark's source: it leaves out empty files, and fails a whole job at the first
  // file that it cannot read.
  private List<String> list(SparkSession spark) throws IOException {
    Dataset<Row> files =
        Tables.read(
            () ->
                spark
                    .read()
                    .format("binaryFile")
                    .option("recursiveFileLookup", true)
                    .load(location),
            "images",
            location);
    return Arrays.stream(files.inputFiles())
        .map(uri -> new Path(URI.create(uri)).toString())
        .distinct()
        .toList();
  }

  private static int tasks(long images, int cores) {
    long wanted = Math.max((long) cores * TASKS_FOR_A_CORE, images / MAX_IMAGES_IN_A_TASK);
    return (int) Math.max(1, Math.min(wanted, images / MIN_IMAGES_IN_A_TASK));
  }
}
