package dev.recal.spark.job;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reads tables, and subtracts them. */
final class Tables {

  private Tables() {}

  /**
   * Opens a table.
   *
   * @param argument the name of the location in a message
   * @throws IOException if there is nothing, or no such table
   */
  static Dataset<Row> read(Supplier<Dataset<Row>> reading, String argument, String location)
      throws IOException {
    try {
      return reading.get();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      // Spark throws this checked exception without declaring it.
      if (failure instanceof AnalysisException analysis) {
        throw new IOException(argument + ": " + reason(location, analysis), failure);
      }
      throw new IllegalStateException(failure);
    }
  }

  private static String reason(String location, AnalysisException failure) {
    return failure.getMessage().contains("PATH_NOT_FOUND")
        ? "there is nothing at " + location + "."
        : location + " cannot be read: " + failure.getMessage();
  }

  /** Returns the rows whose path is not among others; paths may be null. */
  static Dataset<Row> without(Dataset<Row> rows, Dataset<Row> others) {
    return rows.join(
        others, rows.col(ImageSource.PATH).eqNullSafe(others.col(ImageSource.PATH)), "left_anti");
  }
}
