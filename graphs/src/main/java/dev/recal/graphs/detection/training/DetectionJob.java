package dev.recal.graphs.detection.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

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
  private final List<String> names;
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
      this.input = pipeline("training_input", images, recipe.trainingInput().withShare(share));
      InputPipeline evaluation =
          pipeline("evaluation_input", data.evaluation(), recipe.evaluationInput());
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
      this.names = List.copyOf(built.losses().keySet());
      this.evaluator =
          new DetectionEvaluator(
              detections(evaluation), recipe.network().conventions(), evaluation, truths);
      this.job = JobGraph.of(built.store());
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private InputPipeline pipeline(String scope, DataSet data, PipelineSettings prepared)
      throws IOException {
    return resources.add(
        InputPipeline.build(GraphScope.ops(graph).withSubScope(scope), data, prepared));
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

  // One session.run, or as many as the gradient is summed over.
  @Override
  public StepMetrics step(Session session) throws IOException {
    int runs = pace.runs();
    double loss = 0;
    double rate = 0;
    Map<String, Double> parts = new TreeMap<>();
    for (int i = 1; i <= runs; i++) {
      try (Result result = fetch(session, i < runs ? built.accumulate() : built.apply())) {
        input.reportUnreadable(result.get(0));
        rate = scalar(result, 1);
        loss += scalar(result, 2) / runs;
        for (int part = 0; part < names.size(); part++) {
          parts.merge(names.get(part), scalar(result, 3 + part) / runs, Double::sum);
        }
      }
    }
    return StepMetrics.of(loss, rate).with(parts);
  }

  private Result fetch(Session session, Op target) {
    Session.Runner runner =
        session
            .runner()
            .fetch(input.marks())
            .fetch(built.learningRate())
            .fetch(built.loss())
            .addTarget(target);
    built.losses().values().forEach(runner::fetch);
    return runner.run();
  }

  private static double scalar(Result result, int index) {
    return ((TFloat32) result.get(index)).getFloat();
  }

  @Override
  public Optional<String> divergence(Position position, StepMetrics metrics) {
    double loss = metrics.loss();
    double limit = position.firstLoss().orElse(loss) * settings.divergence();
    if (Double.isFinite(loss) && loss <= limit) {
      return Optional.empty();
    }
    return Optional.of(
        "the loss is " + loss + (Double.isFinite(loss) ? ", above the limit " + limit : ""));
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
