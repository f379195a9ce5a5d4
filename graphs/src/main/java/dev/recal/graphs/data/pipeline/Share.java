package dev.recal.graphs.data.pipeline;

import dev.recal.ops.Arguments;
import dev.recal.ops.Replicas;

/**
 * The part of each batch that one of several workers takes: of a batch of n·b images, worker i
 * takes the images from i·b to (i + 1)·b. Together the workers take the batches of one worker, with
 * the same augmentation of each image.
 *
 * @param index which part, from 0
 * @param count number of parts
 */
public record Share(int index, int count) {

  /** Rejects numbers below 1, and an index outside. */
  public Share {
    Arguments.atLeast(1, "count", count);
    Arguments.require(
        index >= 0 && index < count, "index", "a number from 0 to " + (count - 1), index);
  }

  /** Returns the whole batch. */
  public static Share whole() {
    return new Share(0, 1);
  }

  /** Returns the part of one of several replicas. */
  public static Share of(Replicas replicas) {
    return new Share(replicas.index(), replicas.size());
  }

  /**
   * Returns the images of this part.
   *
   * @param batch images of a whole batch
   * @throws IllegalArgumentException if the parts of the batch would differ in size
   */
  public int of(int batch) {
    Arguments.require(
        batch % count == 0, "batch", "a multiple of the number of workers, " + count, batch);
    return batch / count;
  }
}
