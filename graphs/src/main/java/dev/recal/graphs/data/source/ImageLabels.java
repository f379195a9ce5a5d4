package dev.recal.graphs.data.source;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.targets.MultiClassTargets;
import dev.recal.graphs.files.CsvTable;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A folder of images and a file with the classes of each, any number of them: {@link
 * MultiClassTargets}.
 *
 * <p>The file is one of
 *
 * <ul>
 *   <li>comma-separated values with a head: the image's path below the folder, then a column for
 *       each class with 1 or 0;
 *   <li>comma-separated values with the two columns of path and {@code labels}, the names of the
 *       classes with {@code ;} or {@code |} between them;
 *   <li>JSON, {@code {"a.jpg": ["cat", "dog"], "b.jpg": []}}.
 * </ul>
 *
 * <p>The classes have the order of the columns, or of their names. Images that the file does not
 * list are not used; listed ones that are missing or damaged are skipped.
 *
 * @param root of the images
 * @param labels the file
 */
public record ImageLabels(Path root, Path labels) implements DataSource {

  private static final String NAMES = "labels";
  private static final Set<String> PRESENT = Set.of("1", "true", "1.0");
  private static final Set<String> ABSENT = Set.of("0", "false", "0.0", "");

  /** Rejects missing paths. */
  public ImageLabels {
    Objects.requireNonNull(root, "root");
    Objects.requireNonNull(labels, "labels");
  }

  /** The names of the classes of each image. */
  private record Table(List<String> classes, Map<String, Set<String>> ofImages) {}

  @Override
  public DataSource at(Path base) {
    return new ImageLabels(
        base.resolve(root).toAbsolutePath().normalize(),
        base.resolve(labels).toAbsolutePath().normalize());
  }

  @Override
  public DataSet open(OpenSettings settings) throws IOException {
    ListedImages images = new ListedImages(root, labels, settings);
    Table table = labels.toString().endsWith(".json") ? json() : csv(images.table());
    if (table.classes().isEmpty()) {
      throw new IllegalArgumentException(labels + " names no classes.");
    }
    return images.open(
        table.ofImages(),
        names ->
            MultiClassTargets.of(
                table.classes(),
                names.stream()
                    .map(own -> own.stream().mapToInt(table.classes()::indexOf).toArray())
                    .toList()));
  }

  private Table csv(CsvTable table) throws IOException {
    List<String> head = table.head();
    if (head.size() < 2) {
      throw new IOException(
          "File "
              + labels
              + ": expected a column of paths and one for each class, but got one column.");
    }
    boolean names = head.size() == 2 && head.get(1).toLowerCase(Locale.ROOT).equals(NAMES);
    Map<String, Set<String>> images = new LinkedHashMap<>();
    for (CsvTable.Row row : table.rows()) {
      Set<String> own = names ? names(row.cells().get(1)) : marked(table, row);
      String image = ListedImages.path(table, row);
      if (images.put(image, own) != null) {
        throw table.failure(row, "'" + image + "' is listed twice.");
      }
    }
    return new Table(names ? all(images) : head.subList(1, head.size()), images);
  }

  private static Set<String> names(String cell) {
    TreeSet<String> names = new TreeSet<>();
    for (String name : cell.split("[;|]")) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  private static Set<String> marked(CsvTable table, CsvTable.Row row) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (int column = 1; column < table.head().size(); column++) {
      String cell = row.cells().get(column).toLowerCase(Locale.ROOT);
      if (PRESENT.contains(cell)) {
        names.add(table.head().get(column));
      } else if (!ABSENT.contains(cell)) {
        throw table.failure(
            row,
            "expected 1 or 0 in the column '"
                + table.head().get(column)
                + "', but got '"
                + row.cells().get(column)
                + "'. For names of classes use one column 'labels'.");
      }
    }
    return names;
  }

  private static List<String> all(Map<String, Set<String>> images) {
    return images.values().stream()
        .flatMap(Set::stream)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  private Table json() throws IOException {
    JsonElement json = JsonRecords.parse(TextFiles.read(labels), labels);
    if (!json.isJsonObject()) {
      throw new IOException(
          "File " + labels + ": expected an object with a list of classes for each image.");
    }
    Map<String, Set<String>> images = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject().entrySet()) {
      String image = ListedImages.path(entry.getKey());
      if (images.put(image, list(entry.getKey(), entry.getValue())) != null) {
        throw new IOException("File " + labels + ": '" + image + "' is listed twice.");
      }
    }
    return new Table(all(images), images);
  }

  private Set<String> list(String image, JsonElement value) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    if (value.isJsonArray()) {
      for (JsonElement name : value.getAsJsonArray()) {
        if (name instanceof JsonPrimitive text && text.isString()) {
          names.add(text.getAsString());
        }
      }
    }
    if (!value.isJsonArray() || names.size() < value.getAsJsonArray().size()) {
      throw new IOException(
          "File "
              + labels
              + ": expected a list of different names of classes for '"
              + image
              + "', but got "
              + value
              + ".");
    }
    return names;
  }
}
