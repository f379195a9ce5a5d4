package dev.recal.graphs.detection.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.Share;
import dev.recal.graphs.data.targets.TargetBatch;
import dev.recal.graphs.detection.Detections;
import dev.recal.graphs.detection.DetectorInference;
import dev.recal.graphs.detection.found.FoundObject;
import dev.recal.graphs.detection.found.ObjectDrawing;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.StartingWeights;
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
import dev.recal.ops.BuildContext;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.Tower;
import dev.recal.ops.Variable;
import dev.recal.ops.runtime.Graphs;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Trains a detector: one {@code session.run} a step, COCO's evaluation and pictures a review. */
final class DetectionJob implements TrainingJob {

  private static final String BACKBONE = "backbone/";
  private static final int PICTURES = 8;
  private static final int COLUMNS = 4;
  private static final float DRAWN_SCORE = 0.5f;

  private final DetectionRecipe recipe;
  private final DetectionTraining settings;
  private final DataSet images;
  private final TrueObjects truths;
  private final Path directory;
  private final TrainingLog log;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final InputPipeline input;
  private final DetectionGraph built;
  private final DetectionEvaluator evaluator;
  private final JobGraph job;
  private final Pace pace;

  /**
   * Builds the graph.
   *
   * @param data the opened images; not closed by the job
   * @param truths of the evaluated images
   * @param directory of the run, for pictures
   * @param log gets evaluations and pictures
   * @param replicas the copies of the detector that train together
   */
  DetectionJob(
      DetectionRecipe recipe,
      RecipeData data,
      TrueObjects truths,
      Path directory,
      TrainingLog log,
      Replicas replicas)
      throws IOException {
    this.recipe = recipe;
    this.settings = recipe.training();
    this.images = data.training();
    this.truths = truths;
    this.directory = directory;
    this.log = log;
    try {
      this.graph = resources.add(Graphs.create());
      Share share = Share.of(replicas);
      this.input =
          resources.input(graph, "training_input", images, recipe.trainingInput().withShare(share));
      InputPipeline evaluation =
          resources.input(graph, "evaluation_input", data.evaluation(), recipe.evaluationInput());
      long stepsPerEpoch = recipe.stepsPerEpoch(images);
      this.pace =
          new Pace(
              settings.batch(), settings.updates().accumulation(), stepsPerEpoch, stepsPerEpoch);
      this.built =
          DetectionGraph.build(
              graph,
              recipe.network(),
              settings,
              new DetectionGraph.Batch(input.images(), input.targets(TargetBatch.Objects.class)),
              stepsPerEpoch,
              replicas);
      this.evaluator =
          new DetectionEvaluator(
              detections(evaluation), recipe.network().conventions(), evaluation, truths);
      this.job = JobGraph.of(built.store());
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private Detections detections(InputPipeline evaluation) {
    // Not differentiable: the faster form of RoIAlign can be used.
    BuildContext context = BuildContext.of(built.store(), Tower.serving().named("evaluation"));
    return new DetectorInference(recipe.network(), recipe.detections())
        .build(context, evaluation.images(), evaluation.targets(TargetBatch.Objects.class).sizes());
  }

  @Override
  public JobGraph graph() {
    return job;
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
    List<String> notices = new ArrayList<>();
    truths.remark().ifPresent(notices::add);
    notices.add(String.format(Locale.ROOT, "Parameters: %,d", built.store().parameters()));
    if (recipe.startsFromRandomValues() && settings.usesStoredStatistics()) {
      notices.add(
          "The backbone starts from random values, while norms use stored statistics that no data"
              + " has changed; give trained weights by 'backbone', or set storedStatistics and"
              + " transfer.frozen to [].");
    }
    notices.addAll(settings.updates().learningRate().notices(epochs));
    return notices;
  }

  @Override
  public void initialise(Session session, TrainingLog messages) throws IOException {
    if (recipe.backbone().isPresent()) {
      restore(session, messages, recipe.backbone().get(), BACKBONE);
    }
    if (recipe.weights().isPresent()) {
      restore(session, messages, recipe.weights().get(), "");
    }
  }

  // A classification network has the names of the backbone without its scope.
  private void restore(Session session, TrainingLog messages, StartingWeights start, String scope)
      throws IOException {
    InitialWeights weights = start.find();
    List<Variable<?>> own =
        built.networkVariables().stream().filter(v -> v.name().startsWith(scope)).toList();
    weights.readerWithin(GraphScope.ops(graph), own, scope).restore(session, weights.prefix());
    messages.message("Starting from " + weights.prefix() + ".");
  }

  @Override
  public void start(Session session, long pass, long batch) {
    input.start(session, pass, batch);
  }

  @Override
  public StepMetrics step(Session session) throws IOException {
    return built.step().take(session, pace.runs(), List.of(input));
  }

  @Override
  public Optional<String> divergence(Position position, StepMetrics metrics) {
    return LossLimit.ofFirst(settings.divergence(), position, metrics);
  }

  @Override
  public String remedies() {
    return "a lower learning rate, a longer warm-up or clipNorm";
  }

  @Override
  public Review review(Session session, Position position) throws IOException {
    long from = System.nanoTime();
    DetectionSummary summary = evaluator.evaluate(session);
    double seconds = (System.nanoTime() - from) / 1e9;
    log.evaluated(
        EvaluationReport.of(position.step(), summary.images(), seconds, summary.metrics()));
    if (summary.detections() == 0) {
      log.message(
          "Nothing was detected at step "
              + position.step()
              + (": no score is above " + recipe.detections().minimumScore() + "."));
    }
    draw(session, position.step());
    return summary;
  }

  private void draw(Session session, long step) {
    List<DetectionEvaluator.Sample> samples = evaluator.samples(session, PICTURES);
    ObjectDrawing drawing = new ObjectDrawing(recipe.network().conventions(), images.classNames());
    List<BufferedImage> pictures = new ArrayList<>();
    for (DetectionEvaluator.Sample sample : samples) {
      ImageGrid single = new ImageGrid(1, 1, sample.height(), sample.width());
      single.put(0, 0, sample.pixels(), 0);
      List<FoundObject> shown =
          sample.objects().stream().filter(found -> found.score() >= DRAWN_SCORE).toList();
      pictures.add(drawing.drawn(single.image(), shown));
    }
    Path png =
        directory.resolve("detections").resolve(String.format(Locale.ROOT, "step-%09d.png", step));
    BufferedImage sheet = ImageGrid.of(pictures, COLUMNS);
    PngFiles.write(png, () -> sheet);
    log.picture(new PictureReport(step, "detections", png, sheet.getHeight(), sheet.getWidth()));
  }

  @Override
  public void close() {
    resources.close();
  }
}
