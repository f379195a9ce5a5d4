package dev.recal.graphs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTableTest {

  @TempDir Path directory;

  private CsvTable read(String text) throws IOException {
    return CsvTable.read(Files.writeString(directory.resolve("table.csv"), text));
  }

  @Test
  void readsQuotedCellsAndEveryLineEnd() throws IOException {
    CsvTable table =
        read("\uFEFFfile, label\r\na.jpg,\"x, \"\"y\"\"\"\n\n\"two\nlines\" ,z\r\nlast,");
    assertThat(table.head()).containsExactly("file", "label");
    assertThat(table.rows())
        .containsExactly(
            new CsvTable.Row(2, List.of("a.jpg", "x, \"y\"")),
            new CsvTable.Row(4, List.of("two\nlines", "z")),
            new CsvTable.Row(6, List.of("last", "")));
  }

  @Test
  void theFirstColumnMayHaveAnyName() throws IOException {
    assertThat(read(",a,b\nx,1,2\n").head()).containsExactly("", "a", "b");
    assertThat(read("a,b,a\nx,1,2\n").head()).containsExactly("a", "b", "a");
  }

  @Test
  void readsWhatIsWritten() throws IOException {
    List<String> cells = List.of("a,b", "\"", "plain", "c\nd");
    CsvTable table = read("1,2,3,4\n" + CsvLine.of(cells));
    assertThat(table.rows().get(0).cells()).isEqualTo(cells);
  }

  @Test
  void failuresNameTheLine() {
    assertThatThrownBy(() -> read(""))
        .hasMessageEndingWith("expected a head with names of columns, but got an empty file.");
    assertThatThrownBy(() -> read("a,b\n1,2\n3\n"))
        .hasMessageEndingWith("line 3: expected 2 cells as the head has, but got 1.");
    assertThatThrownBy(() -> read("a,b\n1,2,5\n"))
        .hasMessageEndingWith(
            "line 2: expected 2 cells as the head has, but got 3; a cell with a comma needs"
                + " quotation marks, and a decimal a point.");
    assertThatThrownBy(() -> read("a\tb\n1\t2\n"))
        .hasMessageContaining("line 1: expected commas between the names of columns, but got");
    assertThatThrownBy(() -> read("a,b,c,b\n"))
        .hasMessageEndingWith("line 1: expected columns of different names, but got 'b' twice.");
    assertThatThrownBy(() -> read("a,,c\n"))
        .hasMessageEndingWith("line 1: expected a name of column 2, but got none.");
    assertThatThrownBy(() -> read("a,b\n1,\"2\n"))
        .hasMessageEndingWith("line 2: a quotation mark is missing.");
    assertThatThrownBy(() -> read("a,b\n1,\"2\"x\n"))
        .hasMessageEndingWith("line 2: expected a comma after a quoted cell.");
  }
}
