package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.Share;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.optimisation.DeviceReplicas;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.training.BatchStatistics;
import dev.recal.graphs.training.DataIdentity;
import dev.recal.graphs.training.JobGraph;
import dev.recal.graphs.training.LossLimit;
import dev.recal.graphs.training.OpenedResources;
import dev.recal.graphs.training.Pace;
import dev.recal.graphs.training.Position;
import dev.recal.graphs.training.Review;
import dev.recal.graphs.training.StepMetrics;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.runtime.Graphs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Trains a classifier: one {@code session.run} a step, an evaluation a review. */
final class ClassificationJob implements TrainingJob {

  private final ClassificationRecipe recipe;
  private final ClassificationSettings settings;
  private final DataSet images;
  private final TrainingLog log;
  private final EvaluationPictures pictures;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final InputPipeline input;
  private final Optional<InputPipeline> statisticsInput;
  private final ClassificationGraph built;
  private final Evaluator evaluator;
  private final Pace pace;
  private final Replicas replicas;

  /**
   * Builds the graph.
   *
   * @param data the opened images; not closed by the job
   * @param directory of the run, for pictures
   * @param log gets evaluations
   * @param replicas the copies of the network that train together
   */
  ClassificationJob(
      ClassificationRecipe recipe,
      RecipeData data,
      Path directory,
      TrainingLog log,
      Replicas replicas)
      throws IOException {
    this.recipe = recipe;
    this.settings = recipe.training();
    this.images = data.training();
    this.log = log;
    this.pictures = new EvaluationPictures(directory, images.outputNames(), log);
    try {
      this.graph = resources.add(Graphs.create());
      Share share = Share.of(replicas);
      this.input =
          resources.input(graph, "training_input", images, recipe.trainingInput().withShare(share));
      InputPipeline evaluation =
          resources.input(graph, "evaluation_input", data.evaluation(), recipe.evaluationInput());
      this.statisticsInput =
          settings.updates().average().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  resources.input(graph, "statistics_input", images, recipe.trainingInput()));
      long stepsPerEpoch = recipe.stepsPerEpoch(images);
      this.pace =
          new Pace(
              settings.batch(), settings.updates().accumulation(), stepsPerEpoch, stepsPerEpoch);
      this.built =
          ClassificationGraph.build(
              graph,
              recipe.network(),
              settings,
              new ClassificationGraph.Batches(
                  batch(input),
                  batch(evaluation),
                  batch(statisticsInput.orElse(input)),
                  stepsPerEpoch,
                  settings
                      .classWeights()
                      .map(weights -> weights.of(images.classNames(), images.classCounts()))
                      .orElse(List.of()),
                  recipe.data().seen(),
                  recipe.data().imageSize()),
              replicas,
              DeviceReplicas.ofProcess(
                  settings.session().batchStatistics() == BatchStatistics.SYNCHRONISED, replicas));
      this.replicas = replicas;
      this.evaluator = new Evaluator(built.evaluation(), evaluation);
      evaluator.sampling();
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private static Batch batch(InputPipeline pipeline) {
    return new Batch(pipeline.images(), pipeline.targets());
  }

  @Override
  public JobGraph graph() {
    return built.job();
  }

  @Override
  public Pace pace() {
    return pace;
  }

  @Override
  public DataIdentity data() {
    return new DataIdentity(images.name(), images.digest(), images.earlierDigests());
  }

  @Override
  public List<String> startupMessages() {
    double epochs = (double) settings.totalSteps(pace.stepsPerEpoch()) / pace.stepsPerEpoch();
    List<String> notices = new ArrayList<>(settings.updates().learningRate().notices(epochs));
    boolean chosen = settings.epochs() != ClassificationSettings.defaults().epochs();
    if (chosen && settings.steps().isPresent() && epochs != settings.epochs()) {
      notices.add("The setting epochs has no effect, since steps replaces it.");
    }
    return notices;
  }

  @Override
  public void initialise(Session session, TrainingLog messages) throws IOException {
    if (recipe.weights().isPresent()) {
      InitialWeights weights = recipe.weights().get().find();
      weights
          .reader(
              GraphScope.ops(graph),
              recipe.network(),
              recipe.data().imageSize(),
              built.networkVariables())
          .restore(session, weights.prefix());
      messages.message("Starting from " + weights.prefix() + ".");
    }
    built
        .estimation()
        .ifPresent(estimation -> session.runner().addTarget(estimation.start()).run().close());
  }

  @Override
  public void start(Session session, long pass, long batch) {
    input.start(session, pass, batch);
  }

  // One session.run, or as many as the gradient is summed over.
  @Override
  public StepMetrics step(Session session) throws IOException {
    int runs = pace.runs();
    double loss = 0;
    double correct = 0;
    double rate = 0;
    for (int i = 1; i <= runs; i++) {
      try (Result result = fetch(session, i < runs ? built.accumulate() : built.apply())) {
        loss += ((TFloat32) result.get(0)).getFloat();
        rate = ((TFloat32) result.get(1)).getFloat();
        input.reportUnreadable(result.get(2));
        if (built.correct().isPresent()) {
          correct += ((TFloat32) result.get(3)).getFloat();
        }
      }
    }
    double share = correct * replicas.size() / settings.batch();
    return switch (settings.loss().outputs()) {
      case ONE_CLASS ->
          new StepMetrics(loss / runs, OptionalDouble.of(share), rate, new TreeMap<>());
      case SEVERAL_CLASSES ->
          StepMetrics.of(loss / runs, rate).with(Map.of("subsetAccuracy", share));
      case NUMBERS -> StepMetrics.of(loss / runs, rate);
    };
  }

  private Result fetch(Session session, Op target) {
    Session.Runner runner =
        session
            .runner()
            .fetch(built.loss())
            .fetch(built.learningRate())
            .fetch(input.marks())
            .addTarget(target);
    built.correct().ifPresent(runner::fetch);
    return runner.run();
  }

  @Override
  public Optional<String> divergence(Position position, StepMetrics metrics) {
    // A tuned network may start far below the loss of one that guesses.
    double limit =
        Math.max(guessing(), position.firstLoss().orElse(metrics.loss())) * settings.divergence();
    return LossLimit.of(limit, metrics);
  }

  // Of the usual loss of the kind: that of equal probabilities, or of the mean of the numbers.
  private double guessing() {
    return switch (settings.loss().outputs()) {
      case ONE_CLASS -> Math.log(Math.max(2, recipe.network().classes()));
      case SEVERAL_CLASSES -> Math.log(2);
      case NUMBERS -> 1;
    };
  }

  @Override
  public String remedies() {
    return "a lower learning rate, a warm-up or clipNorm";
  }

  @Override
  public Review review(Session session, Position position) throws IOException {
    long from = System.nanoTime();
    built
        .estimation()
        .ifPresent(
            estimation ->
                Evaluator.estimateStatistics(
                    session,
                    estimation,
                    statisticsInput.orElseThrow(),
                    settings.updates().averageBatches()));
    Measured measured = evaluator.evaluate(session).judgedBy(recipe);
    log.evaluated(report(position.step(), measured, (System.nanoTime() - from) / 1e9));
    pictures.report(position.step(), measured, evaluator.samples());
    return measured;
  }

  private EvaluationReport report(long step, Measured measured, double seconds) {
    OptionalDouble top5 = OptionalDouble.empty();
    if (measured.classes().isPresent()) {
      ClassificationSummary summary = measured.classes().get();
      boolean several = summary.k() > 1 && recipe.network().classes() > summary.k();
      top5 = several ? OptionalDouble.of(summary.topK()) : top5;
    }
    return new EvaluationReport(
        step,
        EvaluationReport.MAIN,
        measured.images(),
        OptionalDouble.of(measured.loss()),
        measured
            .classes()
            .map(summary -> OptionalDouble.of(summary.top1()))
            .orElse(OptionalDouble.empty()),
        top5,
        seconds,
        measured.reported());
  }

  @Override
  public void close() {
    resources.close();
  }
}
