package dev.recal.graphs.files;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of comma-separated values, as RFC 4180 has them. */
public final class CsvLine {

  private CsvLine() {}

  /** Returns a line with its end; cells with commas, quotes or line ends are quoted. */
  public static String of(List<String> cells) {
    return cells.stream().map(CsvLine::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String cell) {
    return cell.matches("[^\",\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
