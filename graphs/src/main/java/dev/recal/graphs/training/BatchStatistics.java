package dev.recal.graphs.training;

import dev.recal.ops.Replicas;

/** Whose batches the batch statistics of norms are taken over, where several workers train. */
public enum BatchStatistics {
  /**
   * Each worker's own part of the batch, as most frameworks do: fast, but the smaller the parts,
   * the noisier the statistics. Moving averages are the chief's.
   */
  LOCAL,
  /**
   * The whole batch: the workers train as one worker does. Each norm waits for all workers, twice a
   * step.
   */
  SYNCHRONISED;

  /** Returns the replicas whose batches count. */
  public Replicas over(Replicas replicas) {
    return this == LOCAL ? Replicas.single() : replicas;
  }
}
