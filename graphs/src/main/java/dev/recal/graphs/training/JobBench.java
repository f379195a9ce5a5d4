package dev.recal.graphs.training;

import dev.recal.graphs.logs.TrainingLog;
import dev.recal.ops.Replicas;
import dev.recal.ops.Variable;
import dev.recal.ops.runtime.Sessions;
import java.io.IOException;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.core.AssignAddVariableOp;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;

/** The steps of a run's first stage, for measuring: nothing is reviewed or written. */
public final class JobBench implements AutoCloseable {

  private static final int UNTRACED = 2;

  private final TrainingJob job;
  private final Session session;
  private long pass;
  private long stepsInPass;

  /**
   * Builds the graph and initialises its variables.
   *
   * @throws IOException if data cannot be read
   */
  public JobBench(TrainingPlan plan) throws IOException {
    TrainingLog silent = new TrainingLog.Silent();
    this.job = plan.stages().get(0).open(Optional.empty(), silent, Replicas.single());
    try {
      this.session = Sessions.open(job.graph().graph(), plan.session().config());
    } catch (RuntimeException | Error failure) {
      job.close();
      throw failure;
    }
    try {
      job.graph().store().initialize(session);
      job.initialise(session, silent);
      job.start(session, 0, 0);
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  /** Returns how many items, for example images, a step takes. */
  public int batch() {
    return job.pace().batch();
  }

  /**
   * Takes one optimiser step with its input; returns its seconds.
   *
   * @throws IOException if data cannot be read
   */
  public double step() throws IOException {
    long from = System.nanoTime();
    job.step(session);
    double seconds = (System.nanoTime() - from) / 1e9;
    stepped();
    return seconds;
  }

  /**
   * Takes one optimiser step with its input; returns its metrics.
   *
   * @throws IOException if data cannot be read
   */
  StepMetrics measured() throws IOException {
    StepMetrics metrics = job.step(session);
    stepped();
    return metrics;
  }

  private void stepped() {
    if (++stepsInPass == job.pace().stepsPerPass()) {
      stepsInPass = 0;
      job.start(session, ++pass, 0);
    }
  }

  /**
   * Takes three steps and traces the operations of the last one. Of a step of several
   * micro-batches, the last run is traced.
   *
   * @return a full trace with the optimised graphs
   */
  public RunMetadata trace() {
    RunOptions traced =
        RunOptions.newBuilder()
            .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
            .setOutputPartitionGraphs(true)
            .build();
    // TensorFlow optimises and compiles the graph for these targets at their first runs.
    for (int i = 0; i < UNTRACED; i++) {
      counting().run().close();
      stepped();
    }
    try (Result result = counting().setOptions(traced).runAndFetchMetadata()) {
      stepped();
      return result.getMetadata().orElseThrow();
    }
  }

  // A step ends with the operation that counts it.
  private Session.Runner counting() {
    Session.Runner runner = session.runner();
    Variable<?> counter = job.graph().store().find(StepCounters.STEP).orElseThrow();
    GraphOperation handle = (GraphOperation) counter.handle().asOutput().op();
    handle.consumers().stream()
        .filter(operation -> operation.type().equals(AssignAddVariableOp.OP_NAME))
        .forEach(runner::addTarget);
    return runner;
  }

  @Override
  public void close() {
    try {
      session.close();
    } finally {
      job.close();
    }
  }
}
