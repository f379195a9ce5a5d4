package dev.recal.tools.bench.workers;

import dev.recal.graphs.cluster.ClusterWorkers;
import dev.recal.ops.GraphScope;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.collective.CollectiveSettings;
import dev.recal.ops.collective.GradientExchange;
import dev.recal.ops.collective.ReplicaGroup;
import dev.recal.ops.initializer.Uniform;
import dev.recal.ops.runtime.Graphs;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** The exchange alone of vectors that are in memory, in one graph. */
final class ExchangeGraphs implements AutoCloseable {

  private static final int SEED = 1;

  private final Graph graph = Graphs.create();
  private final Map<Turn, Op> turns = new EnumMap<>(Turn.class);
  private final Session session;

  /**
   * Builds and initialises.
   *
   * @param gradients their shapes
   * @param stage whose keys the collectives take
   */
  ExchangeGraphs(ClusterWorkers workers, ConfigProto config, List<Shape> gradients, int stage) {
    ReplicaGroup group = workers.replicas(stage);
    long size = gradients.stream().mapToLong(Shape::size).sum();
    VariableStore store = new VariableStore(graph, SEED);
    try {
      add(store, Turn.NUMBER, List.of(Shape.of(1)), means(group, GradientExchange.FUSED));
      add(store, Turn.VECTOR, List.of(Shape.of(size)), means(group, GradientExchange.FUSED));
      add(store, Turn.VECTORS, buckets(size), means(group, GradientExchange.OVERLAPPED));
      for (Turn turn : Turn.values()) {
        if (turn.kind() == Turn.Kind.EXCHANGE) {
          add(store, turn, gradients, means(group, turn.exchange().orElseThrow()));
        }
      }
      this.session = workers.open(graph, config);
    } catch (RuntimeException | Error failure) {
      graph.close();
      throw failure;
    }
    store.initialize(session);
  }

  private static List<Shape> buckets(long size) {
    long bucket = CollectiveSettings.defaults().bucketBytes() / Float.BYTES;
    List<Shape> shapes = new ArrayList<>();
    for (long from = 0; from < size; from += bucket) {
      shapes.add(Shape.of(Math.min(bucket, size - from)));
    }
    return shapes;
  }

  private static BiFunction<Ops, List<Operand<TFloat32>>, List<Operand<TFloat32>>> means(
      ReplicaGroup group, GradientExchange exchange) {
    return (tf, values) -> exchange.means(group, tf, values);
  }

  private void add(
      VariableStore store,
      Turn turn,
      List<Shape> shapes,
      BiFunction<Ops, List<Operand<TFloat32>>, List<Operand<TFloat32>>> means) {
    String name = turn.name();
    Ops tf = GraphScope.ops(graph).withSubScope(name);
    List<Operand<TFloat32>> values = new ArrayList<>();
    for (Shape shape : shapes) {
      VariableSpec spec = VariableSpec.statistic("values", shape, new Uniform(-1f, 1f));
      values.add(store.create(name + "/" + values.size(), spec).read());
    }
    List<Op> all = new ArrayList<>(means.apply(tf, values));
    turns.put(turn, tf.withControlDependencies(all).noOp());
  }

  /** Exchanges once. */
  void run(Turn turn) {
    session.runner().addTarget(turns.get(turn)).run().close();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
