package dev.recal.graphs.synthesis.metrics;

import java.util.Objects;

/**
 * The settings of an evaluation.
 *
 * @param kernel distance
 * @param precisionRecall and its number of neighbours
 * @param diversity of real images and of samples
 * @param neighbours of the samples among the real images
 */
public record EvaluationSettings(
    KernelDistance kernel,
    PrecisionRecall precisionRecall,
    PairwiseDiversity diversity,
    NearestNeighbours neighbours) {

  /** Rejects missing settings. */
  public EvaluationSettings {
    Objects.requireNonNull(kernel, "kernel");
    Objects.requireNonNull(precisionRecall, "precisionRecall");
    Objects.requireNonNull(diversity, "diversity");
    Objects.requireNonNull(neighbours, "neighbours");
  }

  /** The usual settings of papers, with a random seed. */
  public static EvaluationSettings of(long seed) {
    KernelDistance kernel = KernelDistance.defaults();
    PairwiseDiversity pairs = PairwiseDiversity.defaults();
    return new EvaluationSettings(
        new KernelDistance(kernel.subsets(), kernel.subsetSize(), seed),
        PrecisionRecall.defaults(),
        new PairwiseDiversity(pairs.images(), pairs.pairs(), seed),
        NearestNeighbours.defaults());
  }

  /** Returns a copy with another number of neighbours for precision and recall. */
  public EvaluationSettings withNeighbours(int count) {
    return new EvaluationSettings(kernel, new PrecisionRecall(count), diversity, neighbours);
  }
}
