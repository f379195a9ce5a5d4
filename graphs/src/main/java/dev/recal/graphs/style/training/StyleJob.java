package dev.recal.graphs.style.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.pipeline.Share;
import dev.recal.graphs.logs.TrainingLog;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Trains a style network: one {@code session.run} a step, losses and pictures a review. */
final class StyleJob implements TrainingJob {

  private final PreparedStyle prepared;
  private final StyleRecipe recipe;
  private final StyleReview report;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final InputPipeline input;
  private final StyleGraph built;
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
    this.report = new StyleReview(recipe.name(), prepared.lossNetwork(), directory, log);
    StyleTraining settings = recipe.training();
    try {
      this.graph = resources.add(Graphs.create());
      PipelineSettings training =
          recipe.data().trainingInput(settings.microBatch(), settings.session().seed());
      this.input =
          resources.input(
              graph,
              "training_input",
              prepared.data().training(),
              training.withShare(Share.of(replicas)));
      InputPipeline evaluation =
          resources.input(
              graph,
              "evaluation_input",
              prepared.data().evaluation(),
              recipe.data().evaluationInput(settings.microBatch()));
      long steps = prepared.stepsPerEpoch();
      this.pace = settings.pace(steps);
      Map<String, float[]> grams = prepared.style().grams(prepared.lossNetwork(), recipe.loss());
      this.built =
          StyleGraph.build(
              graph, recipe, prepared.lossNetwork(), grams, input.images(), steps, replicas);
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

  @Override
  public StepMetrics step(Session session) throws IOException {
    return built.step().take(session, pace.runs(), List.of(input));
  }

  @Override
  public Optional<String> divergence(Position position, StepMetrics metrics) {
    return LossLimit.ofFirst(recipe.training().divergence(), position, metrics);
  }

  @Override
  public String remedies() {
    return StyleTraining.REMEDIES;
  }

  @Override
  public Review review(Session session, Position position) throws IOException {
    long from = System.nanoTime();
    StyleSummary summary = evaluator.measure(session);
    report.losses(position.step(), summary, from);
    List<StyleEvaluator.Sample> samples =
        evaluator.samples(session, recipe.training().intervals().pictures());
    report.picture(
        position.step(),
        summary,
        "",
        captions -> StyleSheet.draw(prepared.style(), samples, recipe.data().size(), captions));
    return summary;
  }

  @Override
  public void close() {
    resources.close();
  }
}
