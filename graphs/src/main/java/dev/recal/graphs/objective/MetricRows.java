package dev.recal.graphs.objective;

import dev.recal.ops.Arguments;
import java.util.Arrays;
import java.util.Objects;

/**
 * The rows that a {@link Metric} collected, one for each image. Not thread-safe while rows are
 * added.
 */
public final class MetricRows {

  private final int columns;
  private float[] values;
  private int count;

  /**
   * No rows.
   *
   * @param columns numbers of a row, at least 1
   */
  public MetricRows(int columns) {
    Arguments.atLeast(1, "columns", columns);
    this.columns = columns;
    this.values = new float[columns];
  }

  /**
   * Adds rows.
   *
   * @param rows numbers, row after row
   */
  public void add(float[] rows) {
    Arguments.require(
        rows.length % columns == 0, "rows", "a multiple of " + columns + " numbers", rows.length);
    append(rows, rows.length);
  }

  /** Adds the rows of others of the same columns. */
  public void addAll(MetricRows other) {
    Arguments.require(
        other.columns == columns, "other", columns + " numbers in a row", other.columns);
    append(other.values, other.count * columns);
  }

  private void append(float[] source, int length) {
    int used = count * columns;
    int needed = Math.addExact(used, length);
    if (needed > values.length) {
      values = Arrays.copyOf(values, Math.max(needed, (int) Math.min(2L * needed, 1 << 30)));
    }
    System.arraycopy(source, 0, values, used, length);
    count += length / columns;
  }

  /** Returns the number of rows, one for each image. */
  public int count() {
    return count;
  }

  /** Returns the numbers of a row. */
  public int columns() {
    return columns;
  }

  /** Returns a number. */
  public float at(int row, int column) {
    Objects.checkIndex(row, count);
    Objects.checkIndex(column, columns);
    return values[row * columns + column];
  }

  /** Returns the mean of a column; NaN without rows. */
  public double mean(int column) {
    double sum = 0;
    for (int row = 0; row < count; row++) {
      sum += at(row, column);
    }
    return sum / count;
  }
}
