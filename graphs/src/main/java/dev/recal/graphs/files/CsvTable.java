package dev.recal.graphs.files;

import dev.recal.ops.Counted;
import dev.recal.ops.files.TextFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of comma-separated values with a head, as RFC 4180 has them: cells with commas, quotes or
 * line ends are quoted. Empty lines are left out. The first column names what a row is about, and
 * may have any name; the names of the others are different.
 *
 * @param file for messages
 * @param head the names of the columns
 * @param rows one for each further line, each as long as the head
 */
public record CsvTable(Path file, List<String> head, List<Row> rows) {

  /**
   * A row.
   *
   * @param line in the file, from 1, where it starts
   * @param cells without the quotes, and without space around them
   */
  public record Row(int line, List<String> cells) {}

  /** Copies the lists. */
  public CsvTable {
    head = List.copyOf(head);
    rows = List.copyOf(rows);
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read, is empty, has other separators than commas, a name of
   *     a column is missing or repeated, or a line has more or fewer cells than the head; the
   *     message names file and line
   */
  public static CsvTable read(Path file) throws IOException {
    List<Row> all = new Parser(file, TextFiles.read(file)).rows();
    if (all.isEmpty()) {
      throw new IOException(
          "File " + file + ": expected a head with names of columns, but got an empty file.");
    }
    CsvTable table = new CsvTable(file, all.get(0).cells(), all.subList(1, all.size()));
    table.requireHead(all.get(0));
    for (Row row : table.rows) {
      table.requireLength(row);
    }
    return table;
  }

  private void requireHead(Row first) throws IOException {
    String cell = head.get(0);
    if (head.size() == 1 && (cell.indexOf(';') >= 0 || cell.indexOf('\t') >= 0)) {
      throw failure(
          first,
          "expected commas between the names of columns, but got '"
              + cell
              + "'; save the table as comma-separated values.");
    }
    for (int column = 1; column < head.size(); column++) {
      String name = head.get(column);
      if (name.isEmpty()) {
        throw failure(first, "expected a name of column " + (column + 1) + ", but got none.");
      }
      if (head.subList(1, column).contains(name)) {
        throw failure(first, "expected columns of different names, but got '" + name + "' twice.");
      }
    }
  }

  private void requireLength(Row row) throws IOException {
    int count = row.cells().size();
    if (count != head.size()) {
      throw failure(
          row,
          "expected "
              + Counted.of(head.size(), "cell")
              + " as the head has, but got "
              + count
              + (count > head.size()
                  ? "; a cell with a comma needs quotation marks, and a decimal a point."
                  : "."));
    }
  }

  /** Returns the failure of a row. */
  public IOException failure(Row row, String reason) {
    return new IOException("File " + file + ", line " + row.line() + ": " + reason);
  }

  /** Splits a text into rows. */
  private static final class Parser {
    private final Path file;
    private final String text;
    private int at;
    private int line = 1;

    Parser(Path file, String text) {
      this.file = file;
      this.text = text;
    }

    List<Row> rows() throws IOException {
      List<Row> rows = new ArrayList<>();
      while (at < text.length()) {
        int start = line;
        List<String> cells = row();
        if (cells.size() > 1 || !cells.get(0).isEmpty()) {
          rows.add(new Row(start, List.copyOf(cells)));
        }
      }
      return rows;
    }

    private List<String> row() throws IOException {
      List<String> cells = new ArrayList<>();
      cells.add(cell());
      while (at < text.length() && text.charAt(at) == ',') {
        at++;
        cells.add(cell());
      }
      if (at < text.length() && text.charAt(at) == '\r') {
        at++;
      }
      if (at < text.length() && text.charAt(at) == '\n') {
        at++;
      }
      line++;
      return cells;
    }

    private String cell() throws IOException {
      int end = at;
      while (end < text.length() && ",\r\n\"".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      if (end < text.length() && text.charAt(end) == '"' && text.substring(at, end).isBlank()) {
        at = end + 1;
        return quoted();
      }
      while (end < text.length() && ",\r\n".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      String plain = text.substring(at, end).strip();
      at = end;
      return plain;
    }

    private String quoted() throws IOException {
      int start = line;
      StringBuilder cell = new StringBuilder();
      while (at < text.length()) {
        char next = text.charAt(at++);
        if (next == '"' && at < text.length() && text.charAt(at) == '"') {
          at++;
          cell.append('"');
        } else if (next == '"') {
          skipToEnd();
          return cell.toString().strip();
        } else {
          line += next == '\n' ? 1 : 0;
          cell.append(next);
        }
      }
      throw new IOException("File " + file + ", line " + start + ": a quotation mark is missing.");
    }

    private void skipToEnd() throws IOException {
      while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
        if (!Character.isWhitespace(text.charAt(at))) {
          throw new IOException(
              "File " + file + ", line " + line + ": expected a comma after a quoted cell.");
        }
        at++;
      }
    }
  }
}
