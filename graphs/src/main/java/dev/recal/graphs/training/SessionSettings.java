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
 */
public record SessionSettings(Precision precision, int threads, long seed) {

  /** Rejects a missing precision and negative numbers of threads. */
  public SessionSettings {
    Objects.requireNonNull(precision, "precision");
    Arguments.atLeast(0, "threads", threads);
  }

  /** float32, all cores, seed 1. */
  public static SessionSettings defaults() {
    return new SessionSettings(Precision.FLOAT32, 0, 1);
  }

  /** Returns the same settings with another number format. */
  public SessionSettings with(Precision format) {
    return new SessionSettings(format, threads, seed);
  }

  /** Returns the configuration of a session. */
  public ConfigProto config() {
    return precision.session(threads);
  }
}
