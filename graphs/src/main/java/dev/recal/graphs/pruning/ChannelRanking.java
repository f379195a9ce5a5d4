package dev.recal.graphs.pruning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A score for each channel of some layers; the channels with the lowest scores are pruned first,
 * and among equals those of earlier layers and then of lower numbers.
 */
public final class ChannelRanking {

  private final Map<String, double[]> scores = new LinkedHashMap<>();

  /**
   * Ranks by scores.
   *
   * @param scores by layer, a finite value for each channel
   */
  public ChannelRanking(Map<String, double[]> scores) {
    scores.forEach(
        (layer, values) -> {
          for (double value : values) {
            if (!Double.isFinite(value)) {
              throw new IllegalArgumentException(
                  "scores: expected finite numbers, but a channel of " + layer + " has " + value);
            }
          }
          this.scores.put(layer, values.clone());
        });
  }

  /**
   * Ranks at random, as a baseline.
   *
   * @param channels the number of channels of each layer
   * @param seed the random seed
   */
  public static ChannelRanking random(Map<String, Integer> channels, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, double[]> scores = new LinkedHashMap<>();
    channels.forEach((layer, count) -> scores.put(layer, random.doubles(count).toArray()));
    return new ChannelRanking(scores);
  }

  /** Returns the scores by layer. */
  public Map<String, double[]> scores() {
    Map<String, double[]> copy = new LinkedHashMap<>();
    scores.forEach((layer, values) -> copy.put(layer, values.clone()));
    return copy;
  }

  /** Returns the number of channels of each layer. */
  public Map<String, Integer> channels() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    scores.forEach((layer, values) -> counts.put(layer, values.length));
    return counts;
  }

  /**
   * Returns the channels to prune, by layer and in ascending order.
   *
   * @param share from 0 to 1 of the channels of each layer, or of all layers together; counts are
   *     rounded to the nearest
   * @throws IllegalArgumentException if the share is not between 0 and 1
   */
  public Map<String, int[]> lowest(double share, Comparison comparison) {
    requireShare(share);
    Map<String, List<Integer>> chosen = new LinkedHashMap<>();
    scores.keySet().forEach(layer -> chosen.put(layer, new ArrayList<>()));
    switch (comparison) {
      case WITHIN_LAYERS ->
          scores.keySet().forEach(layer -> choose(ranked(List.of(layer)), share, chosen));
      case ACROSS_LAYERS -> choose(ranked(List.copyOf(scores.keySet())), share, chosen);
    }
    Map<String, int[]> lowest = new LinkedHashMap<>();
    chosen.forEach(
        (layer, channels) ->
            lowest.put(layer, channels.stream().mapToInt(Integer::intValue).sorted().toArray()));
    return lowest;
  }

  /**
   * Rejects invalid shares.
   *
   * @throws IllegalArgumentException if it is not between 0 and 1
   */
  public static void requireShare(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "share: expected a number from 0 to 1, but got " + share + ".");
    }
  }

  private record Channel(String layer, int number, double score) {}

  // The sort is stable: equals keep the order of the layers and of their channels.
  private List<Channel> ranked(List<String> layers) {
    return layers.stream()
        .flatMap(
            layer -> {
              double[] values = scores.get(layer);
              return IntStream.range(0, values.length)
                  .mapToObj(number -> new Channel(layer, number, values[number]));
            })
        .sorted(Comparator.comparingDouble(Channel::score))
        .toList();
  }

  private static void choose(
      List<Channel> ranked, double share, Map<String, List<Integer>> chosen) {
    int count = Math.toIntExact(Math.round(share * ranked.size()));
    ranked.subList(0, count).forEach(channel -> chosen.get(channel.layer()).add(channel.number()));
  }
}
