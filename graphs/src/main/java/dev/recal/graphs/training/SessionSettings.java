package dev.recal.graphs.training;

import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.ops.Arguments;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.ComputeDevices;
import java.util.Objects;
import org.tensorflow.Graph;
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

  /** Returns the configuration of a session on the devices of this process. */
  public ConfigProto config() {
    return ComputeDevices.configure(precision.session(threads));
  }

  /** Returns an empty store of variables for the graph of a run. */
  public VariableStore store(Graph graph) {
    return new VariableStore(graph, seed, precision.products());
  }

  /**
   * Returns the scaling of a loss, which float16 needs.
   *
   * @param store takes its variables
   * @param loss a word
   */
  public LossScaling scaling(VariableStore store, String loss) {
    return precision == Precision.FLOAT16 ? LossScaling.dynamic(store, loss) : LossScaling.none();
  }
}
