package dev.recal.graphs.data.source;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.targets.NumberTargets;
import dev.recal.graphs.files.CsvTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A folder of images and a file with numbers of each: {@link NumberTargets}.
 *
 * <p>The file has comma-separated values with a head: the image's path below the folder, then
 * numbers. An image without a number is skipped, like one that is missing or damaged; images that
 * the file does not list are not used.
 *
 * @param root of the images
 * @param numbers the file
 * @param columns the names of the numbers to use, in this order; empty for all of the file
 */
public record ImageNumbers(Path root, Path numbers, List<String> columns) implements DataSource {

  /** Copies the columns. */
  public ImageNumbers {
    Objects.requireNonNull(root, "root");
    Objects.requireNonNull(numbers, "numbers");
    columns = List.copyOf(columns);
  }

  /** All numbers of the file. */
  public ImageNumbers(Path root, Path numbers) {
    this(root, numbers, List.of());
  }

  @Override
  public DataSource at(Path base) {
    return new ImageNumbers(
        base.resolve(root).toAbsolutePath().normalize(),
        base.resolve(numbers).toAbsolutePath().normalize(),
        columns);
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    ListedImages images = new ListedImages(root, numbers, settings);
    CsvTable table = images.table();
    List<String> known = table.head().subList(1, table.head().size());
    List<String> used = columns.isEmpty() ? known : columns;
    if (used.isEmpty() || !known.containsAll(used)) {
      throw new IllegalArgumentException(
          "columns: expected names of numbers in "
              + numbers
              + " ("
              + DataSet.summarise(known)
              + "), but got "
              + (used.isEmpty() ? "none" : String.join(", ", used))
              + ".");
    }
    Map<String, float[]> values = new LinkedHashMap<>();
    for (CsvTable.Row row : table.rows()) {
      String image = ListedImages.path(table, row);
      Optional<float[]> own = values(table, row, used);
      if (own.isEmpty()) {
        images.skip(image, "has no number in a column of " + numbers.getFileName());
      } else if (values.put(image, own.get()) != null) {
        throw table.failure(row, "'" + image + "' is listed twice.");
      }
    }
    return images.open(values, found -> NumberTargets.of(used, found));
  }

  private static Optional<float[]> values(CsvTable table, CsvTable.Row row, List<String> used)
      throws IOException {
    float[] values = new float[used.size()];
    for (int i = 0; i < values.length; i++) {
      // The first column has the paths, whatever its name.
      int column = 1 + table.head().subList(1, table.head().size()).indexOf(used.get(i));
      String cell = row.cells().get(column);
      if (cell.isEmpty()) {
        return Optional.empty();
      }
      values[i] = number(table, row, used.get(i), cell);
    }
    return Optional.of(values);
  }

  private static float number(CsvTable table, CsvTable.Row row, String column, String cell)
      throws IOException {
    try {
      float value = Float.parseFloat(cell);
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException notOne) {
      // The failure below names the cell.
    }
    throw table.failure(
        row,
        "expected a number in the column '"
            + column
            + "', but got '"
            + cell
            + (cell.matches("[-+]?[0-9]+,[0-9]+") ? "'; a decimal needs a point." : "'."));
  }
}
