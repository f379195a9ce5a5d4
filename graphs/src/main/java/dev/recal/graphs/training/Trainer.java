package dev.recal.graphs.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.InputPipeline;
import dev.recal.graphs.data.PipelineSettings;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.RunInfo;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.metrics.ClassificationSummary;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.GraphScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Trains a network: steps, evaluations and checkpoints, from the start or from a checkpoint.
 *
 * <p>Batches, randomness and learning rate are functions of the seed and the step, and checkpoints
 * hold every variable, so a resumed run equals an uninterrupted one: bit for bit with one thread,
 * otherwise up to the differences between two equal runs.
 */
public final class Trainer implements AutoCloseable {

  private final TrainingPlan plan;
  private final TrainingSettings settings;
  private final TrainingLog log;
  // The resources of close(), the last opened first.
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Graph graph;
  private final InputPipeline input;
  private final InputPipeline evaluationInput;
  private final Optional<InputPipeline> statisticsInput;
  private final TrainingGraph built;
  private final Evaluator evaluator;
  private final Session session;
  private final long stepsPerEpoch;
  private final long totalSteps;
  private final RunCheckpoints checkpoints;
  private final Divergence divergence;

  /**
   * Builds the graph.
   *
   * @param log receives every step; not closed by the trainer
   * @throws IOException if images cannot be read
   * @throws IllegalArgumentException if network, images and settings do not match
   */
  public Trainer(TrainingPlan plan, TrainingLog log) throws IOException {
    this.plan = plan;
    this.settings = plan.settings();
    this.log = log;
    try {
      this.graph = opened(new Graph());
      this.input = pipeline("training_input", plan.training(), plan.input());
      this.evaluationInput =
          pipeline("evaluation_input", plan.evaluation(), plan.evaluationInput());
      this.statisticsInput =
          settings.average().isEmpty()
              ? Optional.empty()
              : Optional.of(pipeline("statistics_input", plan.training(), plan.input()));
      this.stepsPerEpoch = stepsPerEpoch(plan, input.batchesPerEpoch());
      this.totalSteps = settings.totalSteps(stepsPerEpoch);
      this.built =
          TrainingGraph.build(
              graph,
              plan.network(),
              settings,
              new TrainingGraph.Batches(
                  batch(input),
                  batch(evaluationInput),
                  batch(statisticsInput.orElse(input)),
                  stepsPerEpoch));
      this.evaluator = new Evaluator(built.evaluation(), evaluationInput, plan.network().classes());
      this.session = opened(new Session(graph, settings.precision().session(settings.threads())));
      this.checkpoints =
          new RunCheckpoints(
              plan.checkpoints(), plan.training(), settings.seed(), session, built.saver());
      this.divergence = new Divergence(checkpoints, "a lower learning rate, a warm-up or clipNorm");
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  private InputPipeline pipeline(String scope, DataSet data, PipelineSettings settings)
      throws IOException {
    return opened(InputPipeline.build(GraphScope.ops(graph).withSubScope(scope), data, settings));
  }

  private static long stepsPerEpoch(TrainingPlan plan, long runsPerEpoch) {
    TrainingSettings settings = plan.settings();
    if (plan.input().batch() != settings.microBatch()) {
      throw new IllegalArgumentException(
          "input: expected batches of "
              + settings.microBatch()
              + " images ("
              + settings.batch()
              + " per step, "
              + settings.accumulation()
              + " micro-batches), but got batches of "
              + plan.input().batch()
              + ".");
    }
    if (runsPerEpoch < settings.accumulation()) {
      throw new IllegalArgumentException(
          "batch: expected at most the "
              + plan.training().count()
              + " images of an epoch, but got "
              + settings.batch()
              + ".");
    }
    return runsPerEpoch / settings.accumulation();
  }

  /** Returns the number of trainable values. */
  public long parameters() {
    return built.store().parameters();
  }

  /**
   * Trains from the first step.
   *
   * @throws IOException if a checkpoint cannot be written, or the initial weights cannot be read
   * @throws DivergenceException if the loss is not finite or has blown up
   * @throws IllegalArgumentException if there are checkpoints already, or the initial weights
   *     belong to another network
   */
  public TrainingResult run() throws IOException {
    checkpoints.requireNone();
    built.store().initialize(session);
    if (plan.weights().isPresent()) {
      InitialWeights weights = plan.weights().get().find();
      weights
          .reader(GraphScope.ops(graph), plan.network(), plan.input().height(), built.ofNetwork())
          .restore(session, weights.prefix());
      log.message("Starting from " + weights.prefix() + ".");
    }
    built
        .estimation()
        .ifPresent(estimation -> session.runner().addTarget(estimation.start()).run().close());
    Position start = Position.start();
    checkpoints.write(start, Optional.empty());
    return train(start);
  }

  /**
   * Resumes from the newest readable checkpoint, or starts from scratch if there is none.
   *
   * @throws IOException if the checkpoints are damaged, or belong to other data
   */
  public TrainingResult resume() throws IOException {
    Optional<Position> position = checkpoints.restore(log);
    if (position.isPresent()) {
      return train(position.get());
    }
    log.message(
        "There is no checkpoint in " + checkpoints.root() + "; training starts from scratch.");
    return run();
  }

  private TrainingResult train(Position start) throws IOException {
    log.started(
        new RunInfo(plan.name(), start.step(), totalSteps, stepsPerEpoch, settings.batch()));
    Position position = start;
    Progress progress = new Progress(settings.batch(), totalSteps);
    ClassificationSummary summary = null;
    startEpoch(position);
    long written = System.nanoTime();
    while (position.step() < totalSteps) {
      progress.resume();
      position = step(position, progress);
      progress.pause();
      boolean epochDone = position.batch() >= stepsPerEpoch * settings.accumulation();
      boolean last = position.step() == totalSteps;
      if (epochDone) {
        position = position.nextEpoch();
      }
      boolean evaluates = last || (epochDone && position.epoch() % settings.evaluateEvery() == 0);
      boolean late = (System.nanoTime() - written) / 6e10 > settings.checkpoints().everyMinutes();
      boolean regular = epochDone && position.epoch() % settings.checkpoints().everyEpochs() == 0;
      boolean writes = last || late || regular;
      if (evaluates || writes) {
        divergence.requireFinite(position, session, built.finite());
      }
      if (evaluates) {
        summary = evaluate(position);
      }
      if (writes) {
        checkpoints.write(position, evaluates ? accuracy(summary) : Optional.empty());
        written = System.nanoTime();
      }
      if (epochDone && !last) {
        startEpoch(position);
      }
    }
    checkpoints.prove();
    if (summary == null) {
      summary = evaluate(position);
    }
    return result(position, summary, progress);
  }

  private TrainingResult result(Position position, ClassificationSummary summary, Progress progress)
      throws IOException {
    Path best = checkpoints.best();
    double accuracy = CheckpointDirectory.read(best).accuracy().orElse(summary.top1());
    return new TrainingResult(position.step(), summary, accuracy, best, progress.stepsPerSecond());
  }

  // One session.run per micro-batch.
  private Position step(Position position, Progress progress) throws IOException {
    int runs = settings.accumulation();
    double lossSum = 0;
    long correct = 0;
    double rate = 0;
    for (int i = 1; i <= runs; i++) {
      try (Result result = fetch(i < runs ? built.accumulate() : built.apply())) {
        lossSum += ((TFloat32) result.get(0)).getFloat();
        correct += ((TInt32) result.get(1)).getInt();
        rate = ((TFloat32) result.get(2)).getFloat();
      }
    }
    double loss = lossSum / runs;
    double accuracy = correct / (double) settings.batch();
    Position after = position.afterStep(runs, loss);
    progress.stepped();
    if (progress.reports(after.step())) {
      log.step(
          new StepReport(
              after.step(),
              after.epoch() + 1,
              stepsPerEpoch,
              totalSteps,
              loss,
              OptionalDouble.of(accuracy),
              rate,
              progress.imagesPerSecond(),
              progress.seconds()));
    }
    requireConverging(after, loss);
    checkpoints.prove();
    return after;
  }

  private Result fetch(Op target) {
    return session
        .runner()
        .fetch(built.training().loss())
        .fetch(built.training().correct())
        .fetch(built.learningRate())
        .addTarget(target)
        .run();
  }

  private void requireConverging(Position position, double loss) throws IOException {
    // An untrained network has the loss log(classes); a pretrained one may start far below it.
    double guessing = Math.log(Math.max(2, plan.network().classes()));
    double limit = Math.max(guessing, position.firstLoss().orElse(loss)) * settings.divergence();
    if (Double.isFinite(loss) && loss <= limit) {
      return;
    }
    throw divergence.found(
        position,
        "the loss is " + loss + (Double.isFinite(loss) ? ", above the limit " + limit : ""));
  }

  private ClassificationSummary evaluate(Position position) {
    long from = System.nanoTime();
    built
        .estimation()
        .ifPresent(
            estimation ->
                Evaluator.estimateStatistics(
                    session, estimation, statisticsInput.orElseThrow(), settings.averageBatches()));
    ClassificationSummary summary = evaluator.evaluate(session);
    OptionalDouble top5 =
        summary.k() > 1 && plan.network().classes() > summary.k()
            ? OptionalDouble.of(summary.topK())
            : OptionalDouble.empty();
    log.evaluated(
        new EvaluationReport(
            position.step(),
            summary.images(),
            summary.loss(),
            summary.top1(),
            top5,
            (System.nanoTime() - from) / 1e9));
    return summary;
  }

  private void startEpoch(Position position) {
    input.start(session, position.epoch(), position.batch());
  }

  private static Optional<Double> accuracy(ClassificationSummary summary) {
    return Optional.of(summary.top1()).filter(Double::isFinite);
  }

  private static Batch batch(InputPipeline pipeline) {
    return new Batch(pipeline.images(), pipeline.labels());
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception failure) {
        throw new IllegalStateException("The trainer could not be closed.", failure);
      }
    }
  }
}
