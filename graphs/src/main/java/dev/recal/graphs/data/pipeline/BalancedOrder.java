package dev.recal.graphs.data.pipeline;

import dev.recal.graphs.data.SplitMix64;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The order of an epoch in which classes are equally frequent, a function of seed and epoch; see
 * {@link Sampling#BALANCED}.
 */
final class BalancedOrder {
  // The streams 0 to 4 of an epoch have other uses.
  private static final long FIRST_CLASS_STREAM = 16;

  /** The images of each class that has any. */
  private final List<int[]> members;

  /**
   * An order of labelled images.
   *
   * @param labels of the images, in their order
   */
  BalancedOrder(int[] labels) {
    TreeMap<Integer, List<Integer>> byClass = new TreeMap<>();
    for (int image = 0; image < labels.length; image++) {
      byClass.computeIfAbsent(labels[image], key -> new ArrayList<>()).add(image);
    }
    this.members =
        byClass.values().stream()
            .map(images -> images.stream().mapToInt(Integer::intValue).toArray())
            .toList();
  }

  /**
   * The images of an epoch.
   *
   * @param positions their number
   * @param seed of the run
   * @param epoch from 0
   */
  int[] of(int positions, long seed, long epoch) {
    int classes = members.size();
    SplitMix64 order = new SplitMix64(SplitMix64.mix(seed, epoch, 0));
    SplitMix64[] random = new SplitMix64[classes];
    int[][] shuffled = new int[classes][];
    int[] used = new int[classes];
    for (int i = 0; i < classes; i++) {
      random[i] = new SplitMix64(SplitMix64.mix(seed, epoch, FIRST_CLASS_STREAM + i));
      shuffled[i] = new int[0];
    }
    int[] images = new int[positions];
    int[] sequence = new int[0];
    for (int position = 0; position < positions; position++) {
      int inRound = position % classes;
      if (inRound == 0) {
        sequence = order.permutation(classes);
      }
      int chosen = sequence[inRound];
      if (used[chosen] == shuffled[chosen].length) {
        shuffled[chosen] = random[chosen].permutation(members.get(chosen).length);
        used[chosen] = 0;
      }
      images[position] = members.get(chosen)[shuffled[chosen][used[chosen]++]];
    }
    return images;
  }
}
