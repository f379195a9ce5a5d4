package dev.recal.spark;

import dev.recal.ops.Arguments;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * An exported model that scores rows of images.
 *
 * <p>The model is shipped to the executors once, and loaded once in each of them by the first task
 * that needs it. Unusable images never fail a task: their results are null, and the column {@value
 * #PROBLEM} has the reason.
 */
public final class Scoring {

  /** The last column of scored rows: null, or a sentence that says why there is no result. */
  public static final String PROBLEM = "problem";

  private static final String EXECUTOR_CORES = "spark.executor.cores";

  private final ScoringSettings settings;
  private final ShippedModel model;
  private final ResultColumns columns;
  private final SerializableConfiguration hadoop;
  private final ScoringCounts counts;

  private Scoring(
      ScoringSettings settings, ShippedModel model, ResultColumns columns, SparkContext context) {
    this.settings = settings;
    this.model = model;
    this.columns = columns;
    this.hadoop = new SerializableConfiguration(context.hadoopConfiguration());
    this.counts = new ScoringCounts(context);
  }

  /**
   * Reads a model and ships it to the executors.
   *
   * @throws IOException if it is missing or damaged
   * @throws IllegalArgumentException if it has no signature that takes image files
   */
  public static Scoring open(SparkSession spark, ScoringSettings settings) throws IOException {
    SparkContext context = spark.sparkContext();
    ShippedModel.Source source = ShippedModel.find(settings.model(), context.hadoopConfiguration());
    ResultColumns columns = ResultColumns.of(source.description(), settings);
    ScoringSettings resolved =
        settings.threads() == 0
            ? settings.withThreads(context.getConf().getInt(EXECUTOR_CORES, 0))
            : settings;
    return new Scoring(resolved, ShippedModel.ship(source.directory(), context), columns, context);
  }

  /**
   * Scores rows with a model that is opened for them; see {@link #score(Dataset)}.
   *
   * @throws IOException if the model is missing or damaged
   */
  public static Dataset<Row> score(Dataset<Row> rows, ScoringSettings settings) throws IOException {
    return open(rows.sparkSession(), settings).score(rows);
  }

  /**
   * Scores rows, lazily and partition by partition.
   *
   * @param rows with the column of paths or names, and of bytes unless the paths are to be read
   * @return the columns of the rows without the bytes; those of the results, which are {@code
   *     predicted_class}, {@code predicted_label}, {@code probability} and {@code top} of a
   *     classifier, {@code values} of a model for numbers, or the outputs of the signature; and
   *     {@value #PROBLEM}
   * @throws IllegalArgumentException if a column is missing, of another type, or taken
   */
  public Dataset<Row> score(Dataset<Row> rows) {
    StructType schema = rows.schema();
    requireColumn(schema, "pathColumn", settings.pathColumn(), DataTypes.StringType);
    List<String> names = Arrays.asList(schema.fieldNames());
    if (names.contains(settings.bytesColumn())) {
      requireColumn(schema, "bytesColumn", settings.bytesColumn(), DataTypes.BinaryType);
    }
    Set<String> taken = new HashSet<>(List.of(columns.fields().fieldNames()));
    taken.add(PROBLEM);
    taken.retainAll(names);
    Arguments.require(
        taken.isEmpty(), "rows", "no columns with the names of the results", "columns " + taken);
    ScoringTask task = new ScoringTask(model, settings, columns, schema, hadoop, counts);
    return rows.mapPartitions(task, Encoders.row(task.fields()));
  }

  /** Returns the counts of all rows scored so far. */
  public ScoringCounts counts() {
    return counts;
  }

  /** Returns the SHA-256 of the model's files as they were shipped. */
  public String digest() {
    return model.digest();
  }

  private static void requireColumn(
      StructType schema, String argument, String name, DataType type) {
    boolean fits =
        Arrays.stream(schema.fields())
            .anyMatch(field -> field.name().equals(name) && field.dataType().equals(type));
    Arguments.require(
        fits,
        argument,
        "a column '" + name + "' of " + type.simpleString() + " in the rows",
        "rows of " + schema.simpleString());
  }
}
