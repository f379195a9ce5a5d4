package dev.recal.models.faces;

import dev.recal.ops.Arguments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * MegaFace's protocol (Kemelmacher-Shlizerman et al., CVPR 2016, challenge 1): each image of an
 * identity is searched for with each other one of it in a gallery of that one mate and all
 * distractors.
 *
 * <ul>
 *   <li><b>identification</b>: the share of pairs of a probe and a mate in which the mate is among
 *       the k nearest of the gallery. Rank 1 means that it is nearer than all distractors; a
 *       distractor that is equally near counts as nearer;
 *   <li><b>verification</b>: the share of pairs of probe and mate that are accepted at a threshold
 *       at which at most a given share of all pairs of probe and distractor are.
 * </ul>
 *
 * <p>Distances are those of normalised embeddings, from products in float32. The distractors are
 * read once, block by block.
 *
 * @param ranks of the cumulative match characteristic, at least 1
 * @param fars target false accept rates, in (0, 1]
 */
public record IdentificationProtocol(int ranks, List<Double> fars) {

  private static final int RANKS = 20;
  private static final double FAR = 1e-6;
  // A block of 128 values a row fits the cache of a core.
  private static final int BLOCK = 512;
  // Guards a product such as 1e-6 · 3e9 against rounding below a whole number.
  private static final double ROUNDING = 1e-9;

  /** Rejects numbers out of range. */
  public IdentificationProtocol {
    Arguments.atLeast(1, "ranks", ranks);
    fars = List.copyOf(fars);
    fars.forEach(FalseAcceptRates::require);
  }

  /** Ranks 1 to 20, and TAR at FAR 1e-6. */
  public static IdentificationProtocol defaults() {
    return new IdentificationProtocol(RANKS, List.of(FAR));
  }

  /**
   * Evaluates embeddings.
   *
   * @param distractors of people who are not among the probes; rows that begin with NaN are skipped
   * @param progress gets the number of distractors after each block
   * @throws IOException if distractors cannot be read
   * @throws IllegalArgumentException if there are none
   */
  public IdentificationResult evaluate(
      FaceProbes probes, EmbeddingRows distractors, LongConsumer progress) throws IOException {
    Mates mates = Mates.of(probes);
    FalseAccepts accepts = new FalseAccepts(mates.all());
    List<Part> parts = parts(probes, accepts);
    float[] read = new float[BLOCK * probes.dimensions()];
    SimilarityBlock block = new SimilarityBlock(probes.dimensions(), BLOCK);
    long count = 0;
    for (int rows = distractors.read(read); rows > 0; rows = distractors.read(read)) {
      block.clear();
      for (int i = 0; i < rows; i++) {
        block.add(read, i * probes.dimensions());
      }
      parts.parallelStream().forEach(part -> part.add(block));
      count += block.rows();
      progress.accept(count);
    }
    Arguments.require(count > 0, "distractors", "at least one image", 0);
    return result(probes, mates, accepts, parts, count);
  }

  private List<Part> parts(FaceProbes probes, FalseAccepts accepts) {
    int number = Math.min(probes.count(), Runtime.getRuntime().availableProcessors());
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      int begin = (int) ((long) i * probes.count() / number);
      int end = (int) ((long) (i + 1) * probes.count() / number);
      parts.add(new Part(Arrays.copyOfRange(probes.embeddings(), begin, end), ranks, accepts));
    }
    return parts;
  }

  private IdentificationResult result(
      FaceProbes probes, Mates mates, FalseAccepts accepts, List<Part> parts, long distractors) {
    List<NearestDistractors> nearest = new ArrayList<>();
    long[] counters = accepts.counters();
    for (Part part : parts) {
      nearest.addAll(Arrays.asList(part.nearest));
      Arrays.setAll(counters, i -> counters[i] + part.counters[i]);
    }
    long[] found = new long[ranks + 1];
    for (int probe = 0; probe < probes.count(); probe++) {
      for (float mate : mates.ofProbe(probe)) {
        found[nearest.get(probe).rank(mate) - 1]++;
      }
    }
    List<Double> cumulative = new ArrayList<>();
    long within = 0;
    for (int rank = 0; rank < ranks; rank++) {
      within += found[rank];
      cumulative.add((double) within / probes.pairs());
    }
    double impostors = (double) probes.count() * distractors;
    List<IdentificationResult.Rate> rates = new ArrayList<>();
    for (double far : fars) {
      long allowed = (long) Math.floor(far * impostors * (1 + ROUNDING));
      rates.add(
          new IdentificationResult.Rate(far, accepts.trueAcceptRate(counters, allowed), allowed));
    }
    return new IdentificationResult(
        probes.groups().size(), probes.count(), probes.pairs(), distractors, cumulative, rates);
  }

  /** The probes of one thread, with what it counted. */
  private static final class Part {

    private final float[][] probes;
    private final NearestDistractors[] nearest;
    private final FalseAccepts accepts;
    private final long[] counters;
    private final float[] products = new float[BLOCK];

    Part(float[][] probes, int ranks, FalseAccepts accepts) {
      this.probes = probes;
      this.accepts = accepts;
      nearest = new NearestDistractors[probes.length];
      Arrays.setAll(nearest, i -> new NearestDistractors(ranks));
      counters = accepts.counters();
    }

    void add(SimilarityBlock block) {
      for (int i = 0; i < probes.length; i++) {
        block.multiply(probes[i], products);
        nearest[i].add(products, block.rows());
        accepts.count(products, block.rows(), counters);
      }
    }
  }

  /** The similarities of each probe with its mates. */
  private record Mates(float[][] similarities) {

    // By the same sums as for distractors, so that equal images have equal similarities.
    static Mates of(FaceProbes probes) {
      float[][] similarities = new float[probes.count()][];
      for (int[] group : probes.groups()) {
        SimilarityBlock block = new SimilarityBlock(probes.dimensions(), group.length);
        for (int row : group) {
          block.add(probes.embeddings()[row], 0);
        }
        float[] products = new float[group.length];
        for (int i = 0; i < group.length; i++) {
          int self = i;
          block.multiply(probes.embeddings()[group[i]], products);
          similarities[group[i]] =
              floats(IntStream.range(0, group.length).filter(other -> other != self), products);
        }
      }
      return new Mates(similarities);
    }

    private static float[] floats(IntStream indices, float[] values) {
      int[] chosen = indices.toArray();
      float[] found = new float[chosen.length];
      for (int i = 0; i < found.length; i++) {
        found[i] = values[chosen[i]];
      }
      return found;
    }

    float[] ofProbe(int probe) {
      return similarities[probe];
    }

    float[] all() {
      int count = 0;
      for (float[] mates : similarities) {
        count += mates.length;
      }
      float[] all = new float[count];
      int at = 0;
      for (float[] mates : similarities) {
        System.arraycopy(mates, 0, all, at, mates.length);
        at += mates.length;
      }
      return all;
    }
  }
}
