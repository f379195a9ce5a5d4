package dev.recal.graphs.cluster;

import dev.recal.ops.Replicas;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

/**
 * The processes that train together, as a training loop sees them. All of them call the same
 * methods in the same order, except {@link #open}.
 */
public interface Workers {

  /** Work of the chief. */
  @FunctionalInterface
  interface Work {

    /** Does the work. */
    void run() throws IOException;
  }

  /** Returns a process that trains alone: nothing is exchanged. */
  static Workers single() {
    return SingleWorker.INSTANCE;
  }

  /** Returns the number of workers. */
  int size();

  /** Returns which of them this process is, from 0. */
  int index();

  /** Returns whether this process evaluates, and writes the run's directory. */
  default boolean isChief() {
    return index() == 0;
  }

  /** Returns whether there is only one worker. */
  default boolean isSingle() {
    return size() == 1;
  }

  /**
   * Starts this worker, and waits for the others. Called once, before everything else.
   *
   * @param config of the sessions
   * @param stops whether to stop waiting
   * @throws WorkerLostException if another one does not start, or waiting was stopped
   * @throws IllegalArgumentException if this one cannot start, for example because its port is
   *     taken
   */
  void connect(ConfigProto config, BooleanSupplier stops);

  /**
   * Returns the replicas of the network in the graph of a stage.
   *
   * @param stage from 0
   */
  Replicas replicas(int stage);

  /**
   * Opens a session.
   *
   * @param graph complete: operations that are added later are not known to the session
   */
  Session open(Graph graph, ConfigProto config);

  /** Notes that this worker has completed a step, so that one that hangs is noticed. */
  void stepped();

  /**
   * Returns the sums of numbers over all workers.
   *
   * @param values finite, at most {@value Exchange#SIZE}; the same count in all workers
   */
  double[] sum(double... values);

  /** Returns the chief's numbers. */
  default double[] ofChief(double... values) {
    return sum(isChief() ? values : new double[values.length]);
  }

  /**
   * Lets the chief work while the others wait for it, however long it takes.
   *
   * @throws IOException what the work threw, in the chief
   * @throws WorkerLostException in the others, if the chief failed
   */
  void byChief(Work work) throws IOException;

  /**
   * Returns what a failure of a session means for people.
   *
   * @param failure in a run of this worker
   * @return a {@link WorkerLostException} if it is about another worker, or the failure itself
   */
  RuntimeException explained(RuntimeException failure);
}
