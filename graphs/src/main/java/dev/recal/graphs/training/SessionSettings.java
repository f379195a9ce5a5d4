package dev.recal.graphs.training;

import dev.recal.ops.Arguments;
import java.util.Objects;
import org.tensorflow.proto.ConfigProto;

/**
 * How TensorFlow computes a run.
 *
 * @param precision the number format of convolutions
 * @param threads TensorFlow's threads; 0 for all cores, 1 for bit-exact repetition
 * @param seed of weights, order, augmentation and all other randomness
 * @param batchStatistics whose batches batch statistics are taken over, with several workers
 */
public record SessionSettings(
    Precision precision, int threads, long seed, BatchStatistics batchStatistics) {

  /** Rejects a missing precision and negative numbers of threads. */
  public SessionSettings {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(batchStatistics, "batchStatistics");
    Arguments.atLeast(0, "threads", threads);
  }

  /** Batch statistics of each worker's own part of a batch. */
  public SessionSettings(Precision precision, int threads, long seed) {
    this(precision, threads, seed, BatchStatistics.LOCAL);
  }

  /** float32, all cores, seed 1. */
  public static SessionSettings defaults() {
    return new SessionSettings(Precision.FLOAT32, 0, 1);
  }

  /** Returns the same settings with another number format. */
  public SessionSettings with(Precision format) {
    return new SessionSettings(format, threads, seed, batchStatistics);
  }

  /** Returns the configuration of a session. */
  public ConfigProto config() {
    return precision.session(threads);
  }
}
