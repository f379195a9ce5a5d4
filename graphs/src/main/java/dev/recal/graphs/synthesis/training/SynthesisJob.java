package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.Share;
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
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Trains a generator and its discriminator: both in a step, pictures as a review. */
final class SynthesisJob implements TrainingJob {

  private final PreparedSynthesis prepared;
  private final SynthesisRecipe recipe;
  private final SynthesisSettings settings;
  private final Path directory;
  private final TrainingLog log;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final InputPipeline input;
  private final SynthesisGraph built;
  private final DivergenceWatch watch;
  private final Optional<FrechetScore> score;
  private StepRunner runner;

  /**
   * Builds the graph.
   *
   * @param directory of the run, for pictures
   * @param log gets pictures and warnings
   * @param replicas the copies of the networks that train together
   */
  SynthesisJob(PreparedSynthesis prepared, Path directory, TrainingLog log, Replicas replicas)
      throws IOException {
    this.prepared = prepared;
    this.recipe = prepared.recipe();
    this.settings = recipe.training();
    this.directory = directory;
    this.log = log;
    this.watch = new DivergenceWatch(settings.watch());
    try {
      this.graph = resources.add(Graphs.create());
      this.input =
          resources.add(
              InputPipeline.build(
                  GraphScope.ops(graph).withSubScope("training_input"),
                  prepared.data(),
                  recipe
                      .data()
                      .pipeline(prepared.data().count(), recipe)
                      .withShare(Share.of(replicas))));
      this.built =
          SynthesisGraph.build(
              graph,
              recipe,
              input.images(),
              prepared.distance(),
              prepared.stepsPerEpoch(),
              replicas);
      this.score =
          settings.patience().isPresent()
              ? Optional.of(resources.add(new FrechetScore(recipe, prepared.data())))
              : Optional.empty();
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  @Override
  public JobGraph graph() {
    return built.job();
  }

  @Override
  public Pace pace() {
    int runs = settings.updates().accumulation();
    return new Pace(
        settings.batch(), runs, prepared.stepsPerEpoch(), input.batchesPerEpoch() / runs);
  }

  @Override
  public DataIdentity data() {
    DataSet images = prepared.data();
    return new DataIdentity(images.name(), images.digest(), images.earlierDigests());
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("distance", prepared.distance().description());
  }

  @Override
  public List<String> startupMessages() {
    int size = recipe.network().size();
    int small = prepared.data().countSmallerThan(size);
    String parameters =
        String.format(
            Locale.ROOT,
            "Parameters: generator %,d, discriminator %,d",
            built.parameters(SynthesisGraph.GENERATOR),
            built.parameters(SynthesisGraph.DISCRIMINATOR));
    List<String> notices = new ArrayList<>(List.of(parameters));
    if (small > 0) {
      notices.add(
          String.format(
              Locale.ROOT,
              "Smaller than %d×%d pixels and therefore enlarged: %d of %d images; the upscaling"
                  + " blur will be learned.",
              size,
              size,
              small,
              prepared.data().count()));
    }
    double epochs = (double) settings.steps() / prepared.stepsPerEpoch();
    notices.addAll(settings.updates().learningRate().notices(epochs));
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
    built.averaged().begin(session);
  }

  @Override
  public void start(Session session, long pass, long batch) {
    input.start(session, pass, batch);
    if (runner == null) {
      runner = new StepRunner(session, built, input, settings.updates().accumulation());
    }
  }

  @Override
  public StepMetrics step(Session session) throws IOException {
    return runner.step().report();
  }

  @Override
  public Optional<String> divergence(Position position, StepMetrics metrics) {
    Optional<String> divergence = watch.divergence(runner.last());
    if (divergence.isEmpty()) {
      watch.warning(runner.last()).ifPresent(log::message);
    }
    return divergence;
  }

  @Override
  public String remedies() {
    return "a lower learning rate, more images or another seed";
  }

  // Samples of the averaged weights, and reconstructions of the last batch.
  @Override
  public Review review(Session session, Position position) throws IOException {
    float[] samples = built.averaged().samples(session);
    int count = settings.intervals().count();
    int size = recipe.network().size();
    picture(
        position.step(), "samples", ImageGrid.of(samples, size, ImageGrid.columns(count)).image());
    if (runner.hasPictures()) {
      picture(position.step(), "reconstructions", runner.pictures().image());
    }
    if (score.isEmpty()) {
      return Review.unscored();
    }
    Review review = score.get().measure(z -> built.averaged().generate(session, z));
    log.message(
        String.format(
            Locale.ROOT,
            "Fréchet distance of the stand-in features at step %d: %.4f",
            position.step(),
            review.metrics().get(FrechetScore.METRIC)));
    return review;
  }

  private void picture(long step, String name, BufferedImage image) {
    Path png = directory.resolve(name).resolve(String.format(Locale.ROOT, "step-%09d.png", step));
    PngFiles.write(png, () -> image);
    log.picture(new PictureReport(step, name, png, image.getHeight(), image.getWidth()));
  }

  // The averages' statistics, estimated here, are what export finds in the checkpoint.
  @Override
  public void updateDerived(Session session) {
    built.averaged().estimate(session);
  }

  @Override
  public void close() {
    resources.close();
  }
}
