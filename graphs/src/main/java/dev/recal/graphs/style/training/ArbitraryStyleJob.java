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
import dev.recal.ops.Replicas;
import dev.recal.ops.runtime.Graphs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Trains a network for arbitrary styles: one {@code session.run} a step. */
final class ArbitraryStyleJob implements TrainingJob {

  private final PreparedArbitraryStyle prepared;
  private final ArbitraryStyleRecipe recipe;
  private final StyleReview report;
  private final OpenedResources resources = new OpenedResources();
  private final InputPipeline input;
  private final InputPipeline styles;
  private final ArbitraryStyleGraph built;
  private final ArbitraryStyleEvaluator evaluator;
  private final JobGraph job;
  private final Pace pace;

  /**
   * Builds the graph.
   *
   * @param directory of the run, for pictures
   * @param log gets evaluations and pictures
   * @param replicas the copies of the decoder that train together
   */
  ArbitraryStyleJob(
      PreparedArbitraryStyle prepared, Path directory, TrainingLog log, Replicas replicas)
      throws IOException {
    this.prepared = prepared;
    this.recipe = prepared.recipe();
    this.report = new StyleReview(recipe.name(), prepared.encoder(), directory, log);
    StyleTraining settings = recipe.training();
    StyleData preparation = recipe.data();
    Share share = Share.of(replicas);
    int batch = settings.microBatch();
    long seed = settings.session().seed();
    DataSet contents = prepared.data().training();
    DataSet looks = prepared.styles();
    try {
      Graph graph = resources.add(Graphs.create());
      PipelineSettings training = preparation.trainingInput(batch, seed).withShare(share);
      this.input = resources.input(graph, "training_input", contents, training);
      PipelineSettings repeated =
          repeated(preparation.trainingInput(batch, seed + 1), contents.count());
      this.styles = resources.input(graph, "style_input", looks, repeated.withShare(share));
      PipelineSettings single = preparation.evaluationInput(1);
      InputPipeline heldOut =
          resources.input(graph, "evaluation_input", prepared.data().evaluation(), single);
      InputPipeline heldOutStyles = resources.input(graph, "evaluation_styles", looks, single);
      long steps = prepared.stepsPerEpoch();
      this.pace = settings.pace(steps);
      this.built =
          ArbitraryStyleGraph.build(
              graph,
              recipe,
              prepared.encoder(),
              new ArbitraryStyleGraph.Batch(input.images(), styles.images()),
              steps,
              replicas);
      ArbitraryStyleGraph.Answer answer =
          ArbitraryStyleGraph.answer(
              built.store(),
              recipe,
              prepared.encoder(),
              new ArbitraryStyleGraph.Batch(heldOut.images(), heldOutStyles.images()));
      this.evaluator =
          new ArbitraryStyleEvaluator(answer, heldOut, heldOutStyles, settings.intervals());
      this.job = JobGraph.of(built.store());
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  // A pass over the styles is at least as long as one over the contents.
  private PipelineSettings repeated(PipelineSettings settings, int contents) {
    int count = prepared.styles().count();
    return settings.withPasses(1 + (contents + count - 1) / count, false);
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
    DataSet images = prepared.data().training();
    DataSet looks = prepared.styles();
    return new DataIdentity(
        images.name() + " in the styles of " + looks.name(),
        new Digest().add(images.digest()).add(looks.digest()).toHex());
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("loss network", prepared.encoder().description());
  }

  @Override
  public List<String> startupMessages() {
    return List.of(String.format(Locale.ROOT, "Parameters: %,d", built.store().parameters()));
  }

  @Override
  public void start(Session session, long pass, long batch) {
    input.start(session, pass, batch);
    styles.start(session, pass, batch);
  }

  @Override
  public StepMetrics step(Session session) throws IOException {
    return built.step().take(session, pace.runs(), List.of(input, styles));
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
    ArbitraryStyleEvaluator.Measured measured = evaluator.measure(session, recipe.data().size());
    report.losses(position.step(), measured.summary(), from);
    report.picture(
        position.step(),
        measured.summary(),
        ": contents, styles, results",
        captions -> StyleSheet.captioned(measured.pictures().image(), captions));
    return measured.summary();
  }

  @Override
  public void close() {
    resources.close();
  }
}
