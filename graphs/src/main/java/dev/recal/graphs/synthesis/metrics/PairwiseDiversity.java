package dev.recal.graphs.synthesis.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The diversity of a set of images: the mean perceptual distance of random pairs. With LPIPS it is
 * the diversity reported in few-shot papers. A generator that repeats itself has a lower diversity
 * than the real images.
 *
 * @param images the maximum number of images sampled from a set and kept in memory
 * @param pairs the maximum number of distinct pairs sampled from those
 * @param seed the random seed
 */
public record PairwiseDiversity(int images, int pairs, long seed) {

  private static final int BATCH = 16;

  /** Rejects settings without pairs. */
  public PairwiseDiversity {
    if (images < 2) {
      throw new IllegalArgumentException("images: expected at least 2, but got " + images + ".");
    }
    if (pairs < 1) {
      throw new IllegalArgumentException("pairs: expected at least 1, but got " + pairs + ".");
    }
  }

  /** 1,000 pairs of 100 images. */
  public static PairwiseDiversity defaults() {
    return new PairwiseDiversity(100, 1000, 0);
  }

  /**
   * The result.
   *
   * @param mean distance of a pair
   * @param standardDeviation of the pairs' distances
   * @param pairs how many
   */
  public record Score(double mean, double standardDeviation, int pairs) {}

  /**
   * Measures.
   *
   * @param chosen single images of one size
   * @throws IllegalArgumentException if there are fewer than two
   */
  public Score measure(PairDistance distance, List<ImageBatch> chosen) {
    FeatureMatrix.requireCount("a diversity", chosen.size(), 2);
    List<int[]> drawn = draw(chosen.size());
    double sum = 0;
    double squares = 0;
    for (int from = 0; from < drawn.size(); from += BATCH) {
      List<int[]> part = drawn.subList(from, Math.min(drawn.size(), from + BATCH));
      ImageBatch first = gather(chosen, part, 0);
      ImageBatch second = gather(chosen, part, 1);
      for (double value : distance.distances(first, second)) {
        sum += value;
        squares += value * value;
      }
    }
    double mean = sum / drawn.size();
    double deviation = Math.sqrt(Math.max(0, squares / drawn.size() - mean * mean));
    return new Score(mean, deviation, drawn.size());
  }

  private List<int[]> draw(int count) {
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++) {
        all.add(new int[] {i, j});
      }
    }
    if (all.size() <= pairs) {
      return all;
    }
    List<int[]> drawn = new ArrayList<>();
    for (int index : KernelDistance.subset(new Random(seed), all.size(), pairs)) {
      drawn.add(all.get(index));
    }
    return drawn;
  }

  private static ImageBatch gather(List<ImageBatch> chosen, List<int[]> pairs, int side) {
    ImageBatch first = chosen.get(0);
    int bytes = first.imageBytes();
    byte[] rgb = new byte[pairs.size() * bytes];
    for (int i = 0; i < pairs.size(); i++) {
      System.arraycopy(chosen.get(pairs.get(i)[side]).rgb(), 0, rgb, i * bytes, bytes);
    }
    return new ImageBatch(pairs.size(), first.height(), first.width(), rgb);
  }
}
