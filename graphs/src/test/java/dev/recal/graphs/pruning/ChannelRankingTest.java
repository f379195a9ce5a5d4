package dev.recal.graphs.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelRankingTest {

  private static ChannelRanking ranking() {
    Map<String, double[]> scores = new LinkedHashMap<>();
    scores.put("high", new double[] {0.9, 0.7, 0.8, 0.6});
    scores.put("low", new double[] {0.3, 0.1, 0.3, 0.2});
    return new ChannelRanking(scores);
  }

  @Test
  void prunesTheLowestWithinEachLayer() {
    Map<String, int[]> half = ranking().lowest(0.5, Comparison.WITHIN_LAYERS);
    assertThat(half.get("high")).containsExactly(1, 3);
    assertThat(half.get("low")).containsExactly(1, 3);
    Map<String, int[]> most = ranking().lowest(0.75, Comparison.WITHIN_LAYERS);
    assertThat(most.get("low")).as("of equals the first").containsExactly(0, 1, 3);
  }

  @Test
  void prunesTheLowestAcrossLayers() {
    Map<String, int[]> half = ranking().lowest(0.5, Comparison.ACROSS_LAYERS);
    assertThat(half.get("high")).isEmpty();
    assertThat(half.get("low")).containsExactly(0, 1, 2, 3);
    assertThat(ranking().lowest(0.625, Comparison.ACROSS_LAYERS).get("high")).containsExactly(3);
  }

  @Test
  void prunesNothingAndEverything() {
    for (Comparison comparison : Comparison.values()) {
      assertThat(ranking().lowest(0, comparison).values()).allMatch(none -> none.length == 0);
      assertThat(ranking().lowest(1, comparison).values()).allMatch(all -> all.length == 4);
      assertThat(ranking().lowest(0.1, comparison).get("high")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.0001, Double.NaN, Double.POSITIVE_INFINITY})
  void rejectsInvalidShares(double share) {
    assertThatThrownBy(() -> ranking().lowest(share, Comparison.WITHIN_LAYERS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 0 to 1");
  }

  @Test
  void rejectsNonFiniteScores() {
    assertThatThrownBy(() -> new ChannelRanking(Map.of("gate", new double[] {1, Double.NaN})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gate");
  }

  @Test
  void randomnessFollowsTheSeed() {
    Map<String, Integer> channels = ranking().channels();
    assertThat(channels).containsExactly(Map.entry("high", 4), Map.entry("low", 4));
    Map<String, Integer> wide = Map.of("wide", 64);
    int[] one = ChannelRanking.random(wide, 1).lowest(0.5, Comparison.WITHIN_LAYERS).get("wide");
    int[] again = ChannelRanking.random(wide, 1).lowest(0.5, Comparison.WITHIN_LAYERS).get("wide");
    int[] other = ChannelRanking.random(wide, 2).lowest(0.5, Comparison.WITHIN_LAYERS).get("wide");
    assertThat(one).hasSize(32).doesNotHaveDuplicates().containsExactly(again);
    assertThat(one).isNotEqualTo(other);
  }
}
