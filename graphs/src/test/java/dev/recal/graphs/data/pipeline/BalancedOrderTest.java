package dev.recal.graphs.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancedOrderTest {
  // 2 images of class 0, 30 of class 2, 4 of class 5; the classes between are empty.
  private static final int[] LABELS =
      IntStream.range(0, 36).map(i -> i < 2 ? 0 : i < 32 ? 2 : 5).toArray();
  private static final BalancedOrder ORDER = new BalancedOrder(LABELS);

  @Test
  void everyRoundHoldsEachClassOnce() {
    int[] images = ORDER.of(36, 7, 3);
    for (int round = 0; round < 12; round++) {
      int[] classes =
          Arrays.stream(images, 3 * round, 3 * round + 3).map(i -> LABELS[i]).sorted().toArray();
      assertThat(classes).containsExactly(0, 2, 5);
    }
  }

  @Test
  void imagesOfAClassAreUsedEquallyOften() {
    int[] images = ORDER.of(36, 7, 3);
    int[] uses = new int[36];
    Arrays.stream(images).forEach(i -> uses[i]++);
    assertThat(Arrays.copyOfRange(uses, 0, 2)).containsExactly(6, 6);
    assertThat(Arrays.copyOfRange(uses, 32, 36)).containsExactly(3, 3, 3, 3);
    assertThat(Arrays.stream(uses, 2, 32).max().orElseThrow()).isOne();
  }

  @Test
  void theOrderIsAFunctionOfSeedAndEpoch() {
    assertThat(ORDER.of(36, 7, 3)).isEqualTo(new BalancedOrder(LABELS).of(36, 7, 3));
    assertThat(ORDER.of(36, 7, 3)).isNotEqualTo(ORDER.of(36, 7, 4));
    assertThat(ORDER.of(36, 7, 3)).isNotEqualTo(ORDER.of(36, 8, 3));
  }

  @Test
  void allImagesOfAFrequentClassComeInSomeEpoch() {
    long seen =
        IntStream.range(0, 12)
            .flatMap(epoch -> Arrays.stream(ORDER.of(36, 7, epoch)))
            .distinct()
            .count();
    assertThat(seen).isEqualTo(36);
  }
}
