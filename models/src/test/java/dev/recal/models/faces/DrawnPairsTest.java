package dev.recal.models.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawnPairsTest {

  @Test
  void foldsHaveTheirOwnIdentitiesAndBothKindsOfPairs() {
    int folds = 3;
    int[] labels = IntStream.range(0, 7 * 4).map(i -> i % 7).toArray();
    DrawnPairs drawn = DrawnPairs.of(labels, folds, 10, 5);
    assertThat(drawn).isEqualTo(DrawnPairs.of(labels, folds, 10, 5));
    assertThat(drawn).isNotEqualTo(DrawnPairs.of(labels, folds, 10, 6));
    assertThat(drawn.perFold()).isEqualTo(10);
    assertThat(new HashSet<>(drawn.pairs())).hasSize(2 * 10 * folds);
    Set<Integer> before = new HashSet<>();
    for (int fold = 0; fold < folds; fold++) {
      List<DrawnPairs.Pair> pairs = drawn.pairs().subList(20 * fold, 20 * (fold + 1));
      Set<Integer> identities = new HashSet<>();
      for (int i = 0; i < pairs.size(); i++) {
        DrawnPairs.Pair pair = pairs.get(i);
        assertThat(pair.same()).isEqualTo(i < 10);
        assertThat(labels[pair.first()] == labels[pair.second()]).isEqualTo(pair.same());
        assertThat(pair.first()).isLessThan(pair.second());
        identities.addAll(List.of(labels[pair.first()], labels[pair.second()]));
      }
      assertThat(before).doesNotContainAnyElementsOf(identities);
      before.addAll(identities);
    }
  }

  @Test
  void takesAllPairsOfTheSmallestFold() {
    int[] labels = {0, 0, 1, 1, 1, 2, 2, 3};
    assertThat(DrawnPairs.of(labels, 2, 300, 0).perFold()).isEqualTo(1);
    assertThat(DrawnPairs.of(labels, 1, 300, 0).perFold()).isEqualTo(5);
  }

  @Test
  void rejectsTooFewIdentitiesAndImages() {
    assertThatThrownBy(() -> DrawnPairs.of(new int[] {0, 0, 1, 1}, 2, 300, 0))
        .hasMessage("labels: expected at least 2 identities for each of 2 folds, but got 2.");
    assertThatThrownBy(() -> DrawnPairs.of(new int[] {0, 1}, 1, 300, 0))
        .hasMessage(
            "labels: expected two images of an identity in each of 1 folds, but got fewer.");
  }
}
