package dev.recal.graphs.training;

import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.VariableSpec;
import dev.recal.ops.VariableStore;
import dev.recal.ops.initializer.Constant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;

/**
 * A stage whose steps only count, with the same score at each review.
 *
 * @param title as in {@link TrainingStage}
 * @param costOfStep as in {@link TrainingStage}
 */
record CountingStage(long steps, double costOfStep, String title) implements TrainingStage {

  @Override
  public TrainingJob open(Optional<Path> previous, TrainingLog log, Replicas replicas) {
    return new Job(new Graph(), log);
  }

  private static final class Job implements TrainingJob {

    private final Graph graph;
    private final TrainingLog log;
    private final Op count;
    private final JobGraph job;

    Job(Graph graph, TrainingLog log) {
      this.graph = graph;
      this.log = log;
      VariableStore store = new VariableStore(graph, 0);
      this.count = StepCounters.of(store).completing(GraphScope.ops(graph), List.of());
      store.create("weight", VariableSpec.weight("weight", Shape.of(1), new Constant(0)));
      this.job = JobGraph.of(store);
    }

    @Override
    public JobGraph graph() {
      return job;
    }

    @Override
    public Pace pace() {
      return Pace.of(1, 2);
    }

    @Override
    public DataIdentity data() {
      return new DataIdentity("nothing", "0");
    }

    @Override
    public List<String> startupMessages() {
      return List.of("Counting.");
    }

    @Override
    public void start(Session session, long pass, long batch) {}

    @Override
    public StepMetrics step(Session session) {
      session.runner().addTarget(count).run().close();
      return StepMetrics.of(1, 0.1);
    }

    @Override
    public Review review(Session session, Position position) {
      log.evaluated(new EvaluationReport(position.step(), 1, 1, 0, Map.of()));
      return Review.of(0, new TreeMap<>());
    }

    @Override
    public void close() {
      graph.close();
    }
  }
}
