package dev.recal.tools.weights;

import dev.recal.models.weights.Difference;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;

/** How a file's tensors and a network's variables differ, as tables. */
public final class DifferenceText {

  private static final int MAX_ROWS = 30;

  private DifferenceText() {}

  /** Prints a table of each kind of difference, of {@value #MAX_ROWS} rows at most. */
  public static void print(PrintWriter out, Difference difference) {
    if (!difference.missing().isEmpty()) {
      Table table = Table.of("missing tensor", "for the variable");
      difference.missing().stream()
          .limit(MAX_ROWS)
          .forEach(m -> table.row(m.tensor(), m.variable()));
      print(out, table, difference.missing().size());
    }
    if (!difference.unexpected().isEmpty()) {
      Table table = Table.of("unexpected tensor", "type", "shape");
      difference.unexpected().stream()
          .limit(MAX_ROWS)
          .forEach(u -> table.row(u.tensor(), u.info().type(), u.info().shape().toString()));
      print(out, table, difference.unexpected().size());
    }
    if (!difference.misfits().isEmpty()) {
      Table table =
          Table.of("tensor of another shape or type", "type", "shape", "expected", "variable");
      difference.misfits().stream()
          .limit(MAX_ROWS)
          .forEach(
              m ->
                  table.row(
                      m.weight().tensor(),
                      m.info().type(),
                      m.info().shape().toString(),
                      m.weight().tensorShape().toString(),
                      m.weight().variable()));
      print(out, table, difference.misfits().size());
    }
  }

  private static void print(PrintWriter out, Table table, int count) {
    table.print(out);
    if (count > MAX_ROWS) {
      out.println("and " + (count - MAX_ROWS) + " more");
    }
    out.println();
  }
}
