package dev.recal.spark;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** Scores the rows of one partition with the executor's model. */
record ScoringTask(
    ShippedModel model,
    ScoringSettings settings,
    ResultColumns columns,
    StructType rows,
    SerializableConfiguration hadoop,
    ScoringCounts counts)
    implements MapPartitionsFunction<Row, Row> {

  /** Returns the columns of the scored rows. */
  StructType fields() {
    StructType fields = new StructType();
    for (int kept : kept()) {
      fields = fields.add(rows.fields()[kept]);
    }
    for (int i = 0; i < columns.fields().size(); i++) {
      fields = fields.add(columns.fields().fields()[i]);
    }
    return fields.add(Scoring.PROBLEM, DataTypes.StringType);
  }

  // A partition without rows loads no model.
  @Override
  public Iterator<Row> call(Iterator<Row> partition) throws IOException {
    if (!partition.hasNext()) {
      return List.<Row>of().iterator();
    }
    ExecutorModels.Lease lease = ExecutorModels.lease(model, settings.predictor());
    // Also called if the task fails, or if its rows are not read to the end.
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> lease.close());
    if (lease.opened()) {
      counts.addModelOpened();
    }
    return new ScoredRows(
        partition,
        new ScoredRows.Work(
            contents(),
            kept(),
            columns.fields().size(),
            settings.batch(),
            settings.pixels(),
            columns.call(lease.predictor()),
            counts));
  }

  private Function<Row, CompletableFuture<StoredFiles.Content>> contents() {
    int bytes = Arrays.asList(rows.fieldNames()).indexOf(settings.bytesColumn());
    int path = rows.fieldIndex(settings.pathColumn());
    if (bytes >= 0) {
      return row ->
          CompletableFuture.completedFuture(
              row.isNullAt(bytes)
                  ? StoredFiles.Content.unreadable("It is null.")
                  : StoredFiles.Content.of(row.getAs(bytes)));
    }
    return row ->
        row.isNullAt(path)
            ? CompletableFuture.completedFuture(StoredFiles.Content.unreadable("It has no path."))
            : StoredFiles.read(row.getString(path), hadoop.value());
  }

  private int[] kept() {
    return IntStream.range(0, rows.size())
        .filter(i -> !rows.fieldNames()[i].equals(settings.bytesColumn()))
        .toArray();
  }
}
