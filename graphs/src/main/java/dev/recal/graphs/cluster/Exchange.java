package dev.recal.graphs.cluster;

import dev.recal.ops.Arguments;
import dev.recal.ops.GraphScope;
import dev.recal.ops.collective.ReplicaGroup;
import dev.recal.ops.runtime.Graphs;
import java.time.Duration;
import java.util.Arrays;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat64;

/**
 * A few numbers that the workers exchange outside their training graphs: one small sum. It lives as
 * long as the process.
 */
final class Exchange {

  /** How many numbers are exchanged at once. */
  static final int SIZE = 16;

  private final Session session;
  private final Placeholder<TFloat64> values;
  private final Operand<TFloat64> sum;

  private Exchange(Session session, Placeholder<TFloat64> values, Operand<TFloat64> sum) {
    this.session = session;
    this.values = values;
    this.sum = sum;
  }

  /** What opens a session. */
  @FunctionalInterface
  interface Opener {

    /** Opens a session of a complete graph. */
    Session open(Graph graph);
  }

  /**
   * Builds the graph.
   *
   * @param group of the workers, with keys of its own
   */
  static Exchange open(ReplicaGroup group, Opener opener) {
    Graph graph = Graphs.create();
    try {
      Ops tf = GraphScope.ops(graph);
      Placeholder<TFloat64> values =
          tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(SIZE)));
      Operand<TFloat64> sum = group.sum(tf, values);
      return new Exchange(opener.open(graph), values, sum);
    } catch (RuntimeException | Error failure) {
      graph.close();
      throw failure;
    }
  }

  /**
   * Returns the sums over all workers.
   *
   * @param timeout how long the others may take
   */
  double[] sum(double[] numbers, Duration timeout) {
    Arguments.require(
        numbers.length <= SIZE, "values", "at most " + SIZE + " numbers", numbers.length);
    try (TFloat64 fed = TFloat64.vectorOf(Arrays.copyOf(numbers, SIZE));
        Result result =
            session
                .runner()
                .setOptions(RunOptions.newBuilder().setTimeoutInMs(timeout.toMillis()).build())
                .feed(values, fed)
                .fetch(sum)
                .run()) {
      double[] all = new double[SIZE];
      ((TFloat64) result.get(0)).copyTo(DataBuffers.of(all));
      return Arrays.copyOf(all, numbers.length);
    }
  }
}
