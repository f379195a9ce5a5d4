package dev.recal.graphs.task;

import dev.recal.graphs.files.CsvLine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A table of a study: a row for each variation.
 *
 * @param columns their heads; the first is empty
 * @param rows texts, one for each column
 * @param texts how many of the first columns are not numbers
 */
public record StudyTable(List<String> columns, List<List<String>> rows, int texts) {

  /** A column and its cells. */
  private record Column(String head, Function<StudyResults.Row, String> cell) {}

  /** Copies the lists. */
  public StudyTable {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
  }

  static StudyTable of(StudyResults results, Collection<String> metrics) {
    List<Column> columns = settings(results);
    int texts = columns.size();
    if (results.rows().stream().anyMatch(row -> row.cost().isPresent())) {
      columns.add(new Column("parameters", row -> count(row, TrialResult.Cost::parameters)));
      columns.add(new Column("multiply-adds", row -> count(row, TrialResult.Cost::multiplyAdds)));
    }
    columns.add(new Column("runs", StudyTable::runs));
    for (String metric : metrics) {
      columns.add(new Column(metric, row -> row.spread(metric).map(Object::toString).orElse("")));
    }
    return of(results, columns, texts);
  }

  private static StudyTable of(StudyResults results, List<Column> columns, int texts) {
    return new StudyTable(
        columns.stream().map(Column::head).toList(),
        results.rows().stream()
            .map(row -> columns.stream().map(column -> column.cell().apply(row)).toList())
            .toList(),
        texts);
  }

  private static List<Column> settings(StudyResults results) {
    Set<String> names = new LinkedHashSet<>();
    results.rows().forEach(row -> row.variation().settings().forEach(s -> names.add(s.name())));
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("", row -> row.variation().name()));
    names.forEach(name -> columns.add(new Column(name, row -> row.variation().setting(name))));
    return columns;
  }

  // Diverged runs have no metrics, so that the others' mean says nothing about them.
  private static String runs(StudyResults.Row row) {
    int runs = row.results().results().size();
    return row.diverged() == 0 ? "" + runs : runs + ", " + row.diverged() + " diverged";
  }

  private static String count(StudyResults.Row row, Function<TrialResult.Cost, Long> number) {
    return row.cost().map(cost -> String.format(Locale.ROOT, "%,d", number.apply(cost))).orElse("");
  }

  /**
   * Returns the table in Markdown.
   *
   * @param name the head of the first column
   */
  public String markdown(String name) {
    StringBuilder text = new StringBuilder("| " + name);
    columns.stream().skip(1).forEach(column -> text.append(" | ").append(escaped(column)));
    text.append(" |\n").append("|---".repeat(columns.size())).append("|\n");
    for (List<String> row : rows) {
      text.append(
          row.stream().map(StudyTable::escaped).collect(Collectors.joining(" | ", "| ", " |\n")));
    }
    return text.toString();
  }

  private static String escaped(String cell) {
    return cell.replace("|", "\\|");
  }

  /** Returns all numbers as comma-separated values, with a line for each variation. */
  static String csv(StudyResults results) {
    List<Column> columns = settings(results);
    columns.set(0, new Column("variation", row -> row.variation().name()));
    columns.add(
        new Column("parameters", row -> row.cost().map(cost -> "" + cost.parameters()).orElse("")));
    columns.add(
        new Column(
            "multiplyAdds", row -> row.cost().map(cost -> "" + cost.multiplyAdds()).orElse("")));
    columns.add(new Column("runs", row -> "" + row.results().results().size()));
    columns.add(new Column("diverged", row -> "" + row.diverged()));
    for (String metric : results.metrics()) {
      columns.add(
          new Column(
              metric + " mean", row -> row.spread(metric).map(s -> "" + s.mean()).orElse("")));
      columns.add(
          new Column(
              metric + " deviation",
              row ->
                  row.spread(metric).stream()
                      .flatMapToDouble(spread -> spread.deviation().stream())
                      .mapToObj(String::valueOf)
                      .findFirst()
                      .orElse("")));
    }
    StudyTable table = of(results, columns, 0);
    StringBuilder text = new StringBuilder(CsvLine.of(table.columns));
    table.rows.forEach(row -> text.append(CsvLine.of(row)));
    return text.toString();
  }
}
