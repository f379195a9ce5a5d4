package dev.recal.tools.bench.workers;

import dev.recal.ops.Arguments;
import java.util.function.IntPredicate;

/**
 * The time of a training step with many workers, from its computation and the exchange of its
 * gradients.
 *
 * <p>The exchange overlaps with the backward pass, except for the last bucket, whose gradients are
 * the last ones:
 *
 * <pre>step = compute + max(exchange of one bucket, exchange − overlap · compute)</pre>
 *
 * @param ring what the exchange costs
 * @param bytes of the gradients
 * @param bucketBytes the size of buckets
 * @param secondsPerStep of a step without images
 * @param secondsPerImage of an image
 * @param overlap the part of the computation that the exchange can overlap with: 2/3 for a backward
 *     pass on a device of its own, 0 where the exchange needs the same cores
 * @param norms the number of layers with batch statistics over all workers, each with one small
 *     collective in the forward and one in the backward pass; 0 for local ones
 */
public record ScalingModel(
    RingCost ring,
    double bytes,
    double bucketBytes,
    double secondsPerStep,
    double secondsPerImage,
    double overlap,
    int norms) {

  /** The largest number of workers that is considered. */
  public static final int MAX_WORKERS = 1024;

  private static final double HALF = 0.5;

  /** Rejects sizes that are not positive, and an overlap that is not from 0 to 1. */
  public ScalingModel {
    Arguments.positive("bytes", bytes);
    Arguments.positive("bucketBytes", bucketBytes);
    Arguments.require(secondsPerStep >= 0, "secondsPerStep", "at least 0", secondsPerStep);
    Arguments.positive("secondsPerImage", secondsPerImage);
    Arguments.require(overlap >= 0 && overlap <= 1, "overlap", "from 0 to 1", overlap);
    Arguments.atLeast(0, "norms", norms);
  }

  /** Returns the same model with a ring over another link. */
  public ScalingModel over(double bytesPerSecond) {
    return new ScalingModel(
        ring.over(bytesPerSecond),
        bytes,
        bucketBytes,
        secondsPerStep,
        secondsPerImage,
        overlap,
        norms);
  }

  /** Returns the same model with batch statistics of so many layers over all workers. */
  public ScalingModel withSynchronisedNorms(int layers) {
    return new ScalingModel(
        ring, bytes, bucketBytes, secondsPerStep, secondsPerImage, overlap, layers);
  }

  /**
   * Returns the seconds of a step.
   *
   * @param images of each worker
   */
  public double step(int workers, double images) {
    double compute = secondsPerStep + images * secondsPerImage;
    if (workers == 1) {
      return compute;
    }
    double buckets = Math.ceil(bytes / bucketBytes);
    double exchange = ring.allReduce(workers, buckets, bytes);
    double last = ring.allReduce(workers, 1, bytes / buckets);
    double exposed = Math.max(last, exchange - overlap * compute);
    // A few numbers for each channel: only their latency counts.
    return compute + exposed + ring.allReduce(workers, 2.0 * norms, 0);
  }

  /**
   * Returns images per second of all workers, relative to as many times those of one.
   *
   * @param images of each worker, with any number of workers
   */
  public double weakEfficiency(int workers, double images) {
    return step(1, images) / step(workers, images);
  }

  /**
   * Returns how many times faster a step is than with one worker.
   *
   * @param batch of all workers together
   */
  public double strongSpeedup(int workers, double batch) {
    return step(1, batch) / step(workers, batch / workers);
  }

  /**
   * Returns the largest power of two of workers, up to 1,024, that use at least half of their time
   * as well as one worker does, with a fixed batch of each.
   */
  public int weakLimit(double images) {
    return largest(MAX_WORKERS, n -> weakEfficiency(n, images) >= HALF);
  }

  /** Returns the same with a fixed batch of all workers together, of at least an image each. */
  public int strongLimit(double batch) {
    return largest(largestOf(batch), n -> strongSpeedup(n, batch) / n >= HALF);
  }

  /**
   * Returns the power of two of workers, up to 1,024 and with at least an image each, that takes
   * the shortest step.
   *
   * @param batch of all workers together
   */
  public int fastest(double batch) {
    int best = 1;
    for (int n = 2; n <= largestOf(batch); n *= 2) {
      if (strongSpeedup(n, batch) > strongSpeedup(best, batch)) {
        best = n;
      }
    }
    return best;
  }

  private static int largestOf(double batch) {
    return (int) Math.min(MAX_WORKERS, batch);
  }

  private static int largest(int most, IntPredicate pays) {
    int largest = 1;
    for (int n = 2; n <= most; n *= 2) {
      if (pays.test(n)) {
        largest = n;
      }
    }
    return largest;
  }
}
