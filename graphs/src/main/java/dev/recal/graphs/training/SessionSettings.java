package dev.recal.graphs.training;

import dev.recal.graphs.optimisation.LossScaling;
import dev.recal.ops.Arguments;
import dev.recal.ops.Replicas;
import dev.recal.ops.VariableStore;
import dev.recal.ops.runtime.ComputeDevices;
import java.util.Objects;
import org.tensorflow.Graph;
import org.tensorflow.proto.ConfigProto;

/**
 * How TensorFlow computes a run.
 *
 * @param precision the number format of convolutions
 * @param threads TensorFlow's threads, see {@link #startThreads}; 0 for all cores, 1 for bit-exact
 *     repetition
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

  /**
   * Has TensorFlow use the number of threads within operations, which only the first session of a
   * process can choose; see {@link ComputeDevices#startThreads}. A task calls it before it opens
   * data.
   *
   * @throws IllegalArgumentException if the device of the process is a GPU that cannot be used
   */
  public void startThreads() {
    ComputeDevices.startThreads(threads);
  }

  /** Returns the configuration of a session on the devices of this process. */
  public ConfigProto config() {
    return ComputeDevices.configure(precision.session(threads));
  }

  /** Returns an empty store of variables for the graph of a run that trains alone. */
  public VariableStore store(Graph graph) {
    return store(graph, Replicas.single());
  }

  /**
   * Returns an empty store of variables for the graph of a run.
   *
   * @param replicas the copies of the network that train together
   */
  public VariableStore store(Graph graph, Replicas replicas) {
    return new VariableStore(graph, seed, precision.products(), replicas);
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
