package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.pipeline.Share;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.training.DataIdentity;
import dev.recal.graphs.training.JobGraph;
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

/** Trains a style network: one {@code session.run} a step, losses and pictures a review. */
final class StyleJob implements TrainingJob {

  private final PreparedStyle prepared;
  private final StyleRecipe recipe;
  private final Path directory;
  private final TrainingLog log;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final InputPipeline input;
  private final StyleGraph built;
  private final List<String> names;
  private final StyleEvaluator evaluator;
  private final JobGraph job;
  private final Pace pace;

  /**
   * Builds the graph.
   *
   * @param directory of the run, for pictures
   * @param log gets evaluations and pictures
   * @param replicas the copies of the network that train together
   */
  StyleJob(PreparedStyle prepared, Path directory, TrainingLog log, Replicas replicas)
      throws IOException {
    this.prepared = prepared;
    this.recipe = prepared.recipe();
    this.directory = directory;
    this.log = log;
    StyleTraining settings = recipe.training();
    StylePixels style = prepared.style();
    try {
      this.graph = resources.add(Graphs.create());
      PipelineSettings training =
          recipe.data().trainingInput(settings.microBatch(), settings.session().seed());
      this.input =
          pipeline(
              "training_input", prepared.data().training(), training.withShare(Share.of(replicas)));
      InputPipeline evaluation =
          pipeline(
              "evaluation_input",
              prepared.data().evaluation(),
              recipe.data().evaluationInput(settings.microBatch()));
      long steps = prepared.stepsPerEpoch();
      this.pace = new Pace(settings.batch(), settings.updates().accumulation(), steps, steps);
      Map<String, float[]> grams = style.grams(prepared.lossNetwork(), recipe.loss());
      this.built =
          new StyleGraph(
              graph, recipe, prepared.lossNetwork(), grams, input.images(), steps, replicas);
      this.names = List.copyOf(built.losses().keySet());
      this.evaluator =
          new StyleEvaluator(
              StyleGraph.answer(
                  built.store(), recipe, prepared.lossNetwork(), grams, evaluation.images()),
              evaluation,
              settings.intervals().measured());
      this.job = JobGraph.of(built.store());
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private InputPipeline pipeline(String scope, DataSet data, PipelineSettings settings)
      throws IOException {
    return resources.add(
        InputPipeline.build(GraphScope.ops(graph).withSubScope(scope), data, settings));
  }

  @Override
  public JobGraph graph() {
    return job;
  }

  @Override
  public Pace pace() {
    return pace;
  }

  // Both images and style: weights of another style are not resumed.
  @Override
  public DataIdentity data() {
    DataSet images = prepared.data().training();
    String style = prepared.style().digest();
    return new DataIdentity(
        images.name() + " in the style of " + prepared.style().name(),
        combined(images.digest(), style),
        images.earlierDigests().stream().map(earlier -> combined(earlier, style)).toList());
  }

  private static String combined(String images, String style) {
    return new Digest().add(images).add(style).toHex();
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "loss network", prepared.lossNetwork().description(), "style", prepared.style().name());
  }

  @Override
  public List<String> startupMessages() {
    double epochs =
        (double) recipe.training().totalSteps(pace.stepsPerEpoch()) / pace.stepsPerEpoch();
    List<String> notices = new ArrayList<>();
    notices.add(String.format(Locale.ROOT, "Parameters: %,d", built.store().parameters()));
    notices.addAll(recipe.training().updates().learningRate().notices(epochs));
    return notices;
  }

  @Override
  public void initialise(Session session, TrainingLog messages) throws IOException {
    if (recipe.weights().isPresent()) {
      InitialWeights weights = recipe.weights().get().findTrained();
      weights
          .reader(GraphScope.ops(graph), built.networkVariables())
          .restore(session, weights.prefix());
      messages.message("Starting from " + weights.prefix() + ".");
    }
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
    double limit = position.firstLoss().orElse(loss) * recipe.training().divergence();
    if (Double.isFinite(loss) && loss <= limit) {
      return Optional.empty();
    }
    return Optional.of(
        "the loss is " + loss + (Double.isFinite(loss) ? ", above the limit " + limit : ""));
  }

  @Override
  public String remedies() {
    return "a lower learning rate, smaller weights of the losses or clipNorm";
  }

  @Override
  public Review review(Session session, Position position) throws IOException {
    long from = System.nanoTime();
    StyleSummary summary = evaluator.measure(session);
    double seconds = (System.nanoTime() - from) / 1e9;
    log.evaluated(
        EvaluationReport.of(position.step(), summary.images(), seconds, summary.metrics()));
    draw(session, position.step(), summary);
    return summary;
  }

  private void draw(Session session, long step, StyleSummary summary) {
    List<StyleEvaluator.Sample> samples =
        evaluator.samples(session, recipe.training().intervals().pictures());
    List<String> captions =
        List.of(
            String.format(
                Locale.ROOT,
                "%s, step %,d, %,d held-out images: %s",
                recipe.name(),
                step,
                summary.images(),
                summary.text()),
            "Loss network: " + prepared.lossNetwork().description());
    Path png =
        directory.resolve("stylized").resolve(String.format(Locale.ROOT, "step-%09d.png", step));
    BufferedImage sheet =
        StyleSheet.draw(prepared.style(), samples, recipe.data().size(), captions);
    PngFiles.write(png, () -> sheet);
    log.picture(new PictureReport(step, "stylized", png, sheet.getHeight(), sheet.getWidth()));
  }

  @Override
  public void close() {
    resources.close();
  }
}
