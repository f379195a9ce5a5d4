package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.data.TestImages;
import dev.recal.graphs.data.targets.MultiClassTargets;
import dev.recal.graphs.data.targets.NumberTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of a folder with any number of classes, or with numbers, of a file. */
class ListedImagesTest {

  @TempDir Path directory;

  @BeforeEach
  void writeImages() throws IOException {
    TestImages.write(directory.resolve("b.png"), TestImages.png(8, 8, 1));
    TestImages.write(directory.resolve("inner/a.jpg"), TestImages.jpeg(8, 8, 2));
    TestImages.write(directory.resolve("c.png"), TestImages.png(8, 8, 3));
    Files.writeString(directory.resolve("broken.png"), "no image");
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static List<String> names(DataSet data) {
    return IntStream.range(0, data.count()).mapToObj(data::itemName).toList();
  }

  private static List<List<Integer>> labels(DataSet data) {
    MultiClassTargets targets = (MultiClassTargets) data.targets();
    List<List<Integer>> all = new ArrayList<>();
    for (int i = 0; i < data.count(); i++) {
      all.add(IntStream.of(targets.labels(data.itemOf(i))).boxed().toList());
    }
    return all;
  }

  @Test
  void readsTheThreeFormsOfLabels() throws IOException {
    Path columns = file("columns.csv", "file,dog,cat\nc.png,0,0\ninner/a.jpg,1,true\nb.png,0,1\n");
    Path cells = file("cells.csv", "file,Labels\nc.png,\ninner\\a.jpg,cat | dog\nb.png,cat\n");
    Path json =
        file(
            "labels.json",
            "{\"c.png\": [], \"inner/a.jpg\": [\"dog\", \"cat\"], \"b.png\": [\"cat\"]}");
    try (DataSet first = new ImageLabels(directory, columns).open();
        DataSet second = new ImageLabels(directory, cells).open();
        DataSet third = new ImageLabels(directory, json).open();
        DataSet reordered = third.withClasses(List.of("dog", "cat"))) {
      assertThat(names(first)).containsExactly("b.png", "c.png", "inner/a.jpg");
      assertThat(first.classNames()).containsExactly("dog", "cat");
      assertThat(labels(first)).containsExactly(List.of(1), List.of(), List.of(0, 1));
      assertThat(second.classNames()).containsExactly("cat", "dog");
      assertThat(labels(second)).containsExactly(List.of(0), List.of(), List.of(0, 1));
      assertThat(labels(third)).isEqualTo(labels(second));
      assertThat(third.digest()).isEqualTo(second.digest());
      assertThat(labels(reordered)).isEqualTo(labels(first));
    }
  }

  @Test
  void readsNumbersOfColumns() throws IOException {
    Path table =
        file("numbers.csv", "file,age,weight\nc.png,3.5,1e2\nb.png,,7\ninner/a.jpg,-2,8\n");
    try (DataSet all = new ImageNumbers(directory, table).open();
        DataSet one = new ImageNumbers(directory, table, List.of("weight")).open()) {
      assertThat(names(all)).containsExactly("c.png", "inner/a.jpg");
      assertThat(all.outputNames()).containsExactly("age", "weight");
      assertThat(((NumberTargets) all.targets()).values(0)).containsExactly(3.5f, 100);
      assertThat(all.skipped().stream().map(SkippedItem::toString))
          .containsExactly("b.png has no number in a column of numbers.csv");
      assertThat(one.count()).isEqualTo(3);
      assertThat(((NumberTargets) one.targets()).values(0)).containsExactly(7);
      assertThatThrownBy(() -> one.withClasses(List.of("age")))
          .hasMessage("numbers: expected age, but got weight.");
    }
  }

  @Test
  void skipsMissingAndDamagedImages() throws IOException {
    Path table = file("some.csv", "file,n\nb.png,1\nbroken.png,2\ngone.png,3\n../out.png,4\n");
    try (DataSet data = new ImageNumbers(directory, table).open()) {
      assertThat(names(data)).containsExactly("b.png");
      assertThat(data.skipped())
          .extracting(SkippedItem::name)
          .containsExactlyInAnyOrder("broken.png", "gone.png", "../out.png");
    }
  }

  @Test
  void failuresNameFileAndLine() throws IOException {
    assertRefused(
        new ImageLabels(directory, file("a.csv", "file,dog,cat\nb.png,1,maybe\n")),
        "a.csv, line 2: expected 1 or 0 in the column 'cat', but got 'maybe'.");
    assertRefused(
        new ImageLabels(directory, file("a.csv", "file,dog\nb.png,1\nb.png,0\n")),
        "line 3: 'b.png' is listed twice.");
    assertRefused(
        new ImageLabels(directory, file("a.csv", "file;dog\nb.png;1\n")),
        "a.csv, line 1: expected commas between the names of columns, but got 'file;dog'; save the"
            + " table as comma-separated values.");
    assertRefused(
        new ImageLabels(directory, file("a.csv", "file\nb.png\n")),
        "expected a column of paths and one for each class, but got one column.");
    assertRefused(
        new ImageLabels(directory, file("a.csv", "b.png,1\nc.png,0\n")),
        "a.csv: expected a head with names of columns in the first line, but got the image"
            + " 'b.png'.");
    assertRefused(
        new ImageLabels(directory, file("a.csv", "file,dog\n,1\n")),
        "line 2: expected the path of an image in the first column, but got none.");
    assertRefused(
        new ImageLabels(directory, file("a.csv", "file,dog\ninner/a.jpg,1\n.\\inner\\a.jpg,0\n")),
        "line 3: 'inner/a.jpg' is listed twice.");
    assertRefused(
        new ImageLabels(directory, file("a.json", "{\"b.png\": [], \"./b.png\": [\"dog\"]}")),
        "a.json: 'b.png' is listed twice.");
    assertRefused(
        new ImageLabels(directory, file("a.json", "{\"b.png\": \"dog\"}")),
        "expected a list of different names of classes for 'b.png', but got \"dog\".");
    assertRefused(
        new ImageLabels(directory, file("a.csv", "file,labels\nb.png,\n")), "names no classes.");
    assertRefused(
        new ImageNumbers(directory, file("a.csv", "file,n\nb.png,old\n")),
        "line 2: expected a number in the column 'n', but got 'old'.");
    assertRefused(
        new ImageNumbers(directory, file("a.csv", "file,n\nb.png,\"3,5\"\n")),
        "line 2: expected a number in the column 'n', but got '3,5'; a decimal needs a point.");
    assertRefused(
        new ImageNumbers(directory, file("a.csv", "file,n\nb.png,1\n"), List.of("m")),
        "columns: expected names of numbers in",
        "(n), but got m.");
    assertRefused(
        new ImageNumbers(directory.resolve("gone"), file("a.csv", "file,n\nb.png,1\n")),
        "root: expected a folder of images, but",
        "does not exist.");
    assertRefused(
        new ImageNumbers(directory, file("a.csv", "file,n\n")), "a.csv contains no usable images.");
    assertRefused(
        new ImageNumbers(directory, file("a.csv", "file,n\nb.png,\n")),
        "a.csv contains no usable images (1 skipped: b.png has no number in a column of a.csv).");
  }

  private static void assertRefused(DataSource source, String... parts) {
    assertThatThrownBy(source::open).hasMessageContainingAll(parts);
  }
}
