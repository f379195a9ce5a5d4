package dev.recal.models.faces;

import dev.recal.graphs.data.SplitMix64;
import dev.recal.ops.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Random pairs of images by their identities, in folds that have no identity in common, as LFW has
 * them: in each fold first the pairs of one identity, then as many of different ones. No pair
 * occurs twice.
 *
 * @param perFold pairs of one identity in each fold, and of different ones
 * @param pairs of all folds, in order
 */
public record DrawnPairs(int perFold, List<Pair> pairs) {

  /**
   * Two images.
   *
   * @param first the index of one
   * @param second the index of another, greater
   * @param same whether both show one identity
   */
  public record Pair(int first, int second, boolean same) {}

  /** Copies the list. */
  public DrawnPairs {
    pairs = List.copyOf(pairs);
  }

  /**
   * Draws pairs.
   *
   * @param labels the identity of each image
   * @param folds at least 1
   * @param maxPerFold pairs of one identity in each fold at most; all folds have as many as the
   *     smallest one allows
   * @param seed of the choice
   * @throws IllegalArgumentException if there are fewer than two identities for each fold, or a
   *     fold has no identity with two images
   */
  public static DrawnPairs of(int[] labels, int folds, int maxPerFold, long seed) {
    Arguments.atLeast(1, "folds", folds);
    Arguments.atLeast(1, "maxPerFold", maxPerFold);
    List<int[]> members = members(labels, folds);
    long perFold = maxPerFold;
    for (int[] fold : members) {
      perFold = Math.min(perFold, available(fold, labels, true));
      perFold = Math.min(perFold, available(fold, labels, false));
    }
    Arguments.require(
        perFold > 0, "labels", "two images of an identity in each of " + folds + " folds", "fewer");
    List<Pair> pairs = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      SplitMix64 random = new SplitMix64(SplitMix64.mix(seed, fold));
      draw(members.get(fold), labels, true, (int) perFold, random, pairs);
      draw(members.get(fold), labels, false, (int) perFold, random, pairs);
    }
    return new DrawnPairs((int) perFold, pairs);
  }

  // The images of each fold, whose identities are neighbours.
  private static List<int[]> members(int[] labels, int folds) {
    int[] identities = Arrays.stream(labels).distinct().sorted().toArray();
    Arguments.require(
        identities.length >= 2 * folds,
        "labels",
        "at least 2 identities for each of " + folds + " folds",
        identities.length);
    List<int[]> members = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      int from = identities[(int) ((long) fold * identities.length / folds)];
      int last = identities[(int) ((fold + 1L) * identities.length / folds) - 1];
      List<Integer> images = new ArrayList<>();
      for (int i = 0; i < labels.length; i++) {
        if (labels[i] >= from && labels[i] <= last) {
          images.add(i);
        }
      }
      members.add(images.stream().mapToInt(Integer::intValue).toArray());
    }
    return members;
  }

  private static long available(int[] images, int[] labels, boolean same) {
    TreeMap<Integer, Long> counts = new TreeMap<>();
    for (int image : images) {
      counts.merge(labels[image], 1L, Long::sum);
    }
    long ofOne = counts.values().stream().mapToLong(n -> n * (n - 1) / 2).sum();
    return same ? ofOne : (long) images.length * (images.length - 1) / 2 - ofOne;
  }

  private static void draw(
      int[] images, int[] labels, boolean same, int count, SplitMix64 random, List<Pair> pairs) {
    Set<Pair> drawn = new HashSet<>();
    while (drawn.size() < count) {
      int one = images[random.nextInt(images.length)];
      int other = images[random.nextInt(images.length)];
      Pair pair = new Pair(Math.min(one, other), Math.max(one, other), same);
      boolean fits = one != other && labels[one] == labels[other] == same;
      if (fits && drawn.add(pair)) {
        pairs.add(pair);
      }
    }
  }
}
