package dev.recal.graphs.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.DataSource;
import dev.recal.graphs.data.DataSourceRegistry;
import dev.recal.graphs.data.TestImages;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Domains in folders, and folds of them and of other sources. */
class DomainFolderTest {

  private static final int FOLDS = 3;

  @TempDir private Path root;

  @BeforeEach
  void writeDomains() throws IOException {
    for (String domain : List.of("art", "photo", "sketch")) {
      TestImages.folder(root.resolve(domain), 2, 4, 8, 8);
    }
    TestImages.write(root.resolve("sketch/only-there/a.png"), TestImages.png(8, 8, 1));
  }

  private static List<String> names(DataSet data) {
    return IntStream.range(0, data.count()).mapToObj(data::itemName).toList();
  }

  @Test
  void opensAllSomeOrAllButOneDomain() throws IOException {
    DomainFolder all = new DomainFolder(root);
    try (DataSet data = all.open();
        DataSet some = new DomainFolder(root, List.of("sketch", "art"), List.of()).open();
        DataSet rest = new DomainFolder(root, List.of(), List.of("photo")).open();
        DataSet one = new DomainFolder(root, List.of("photo"), List.of()).open()) {
      assertThat(data.count()).isEqualTo(25);
      assertThat(data.classNames()).containsExactly("class0", "class1", "only-there");
      assertThat(data.classCounts()).containsExactly(12, 12, 1);
      assertThat(all.domain(data.itemName(0))).contains("art");
      assertThat(some.digest()).isEqualTo(rest.digest());
      assertThat(one.classNames()).containsExactly("class0", "class1");
      TreeSet<String> both = new TreeSet<>(names(rest));
      both.addAll(names(one));
      assertThat(both).containsExactlyElementsOf(names(data));
    }
  }

  @Test
  void rejectsUnknownDomains() {
    assertThatThrownBy(() -> new DomainFolder(root, List.of("arts"), List.of()).open())
        .hasMessageContaining("domains: expected folders of ")
        .hasMessageEndingWith("(art, photo, sketch), but got 'arts'.");
    assertThatThrownBy(() -> new DomainFolder(root, List.of("art"), List.of("art")))
        .hasMessageContaining("without: expected domains other than");
    assertThatThrownBy(() -> new DomainFolder(root.resolve("none")).open())
        .hasMessageContaining("does not exist");
  }

  @Test
  void foldsHoldEachImageOnceAndEveryStratum() throws IOException {
    DataSource source = new DomainFolder(root);
    List<String> heldOut = new ArrayList<>();
    try (DataSet whole = source.open()) {
      for (int fold = 1; fold <= FOLDS; fold++) {
        try (DataSet test = new Fold(source, FOLDS, fold, 5, true).open();
            DataSet training = new Fold(source, FOLDS, fold, 5, false).open()) {
          heldOut.addAll(names(test));
          assertThat(test.count()).isBetween(8, 9);
          assertThat(test.classNames()).isEqualTo(whole.classNames());
          List<String> both = new ArrayList<>(names(test));
          both.addAll(names(training));
          assertThat(both).containsExactlyInAnyOrderElementsOf(names(whole));
          for (String domain : List.of("art", "photo", "sketch")) {
            for (String label : List.of("class0", "class1")) {
              assertThat(names(test).stream().filter(n -> n.startsWith(domain + "/" + label)))
                  .hasSizeBetween(1, 2);
            }
          }
        }
      }
      assertThat(heldOut).containsExactlyInAnyOrderElementsOf(names(whole));
    }
  }

  @Test
  void theSeedDecidesHowFoldsAreCut() throws IOException {
    DataSource source = new DomainFolder(root);
    try (DataSet first = new Fold(source, FOLDS, 1, 5, true).open();
        DataSet again = new Fold(source, FOLDS, 1, 5, true).open();
        DataSet other = new Fold(source, FOLDS, 1, 6, true).open()) {
      assertThat(again.digest()).isEqualTo(first.digest());
      assertThat(names(other)).isNotEqualTo(names(first));
    }
  }

  @Test
  void foldsRoundTripThroughJson() {
    JsonRecords json = DataSourceRegistry.addTo(JsonRecords.sealed());
    DataSource fold =
        new Fold(new DomainFolder(root, List.of("art"), List.of()), FOLDS, 2, 5, true);
    assertThat(json.read(json.write(fold, DataSource.class), DataSource.class)).isEqualTo(fold);
    for (int wrong : new int[] {0, FOLDS + 1}) {
      assertThatThrownBy(() -> new Fold(Textures.train(), FOLDS, wrong, 1, true))
          .hasMessage("fold: expected from 1 to 3, but got " + wrong + ".");
    }
  }
}
