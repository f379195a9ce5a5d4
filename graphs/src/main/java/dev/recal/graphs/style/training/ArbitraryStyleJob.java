package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.items.Digest;
import dev.recal.graphs.data.pipeline.InputPipeline;
import dev.recal.graphs.data.pipeline.PipelineSettings;
import dev.recal.graphs.data.pipeline.Share;
import dev.recal.graphs.logs.EvaluationReport;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.style.loss.ArbitraryTerms;
import dev.recal.graphs.training.DataIdentity;
import dev.recal.graphs.training.JobGraph;
import dev.recal.graphs.training.OpenedResources;
import dev.recal.graphs.training.Pace;
import dev.recal.graphs.training.Position;
import dev.recal.graphs.training.Review;
import dev.recal.graphs.training.StepMetrics;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.ops.GraphScope;
import dev.recal.ops.Replicas;
import dev.recal.ops.runtime.Graphs;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Trains a network for arbitrary styles: one {@code session.run} a step. */
final class ArbitraryStyleJob implements TrainingJob {

  private final PreparedArbitraryStyle prepared;
  private final ArbitraryStyleRecipe recipe;
  private final Path directory;
  private final TrainingLog log;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final InputPipeline input;
  private final InputPipeline styles;
  private final InputPipeline heldOut;
  private final InputPipeline heldOutStyles;
  private final ArbitraryStyleGraph built;
  private final ArbitraryStyleGraph.Answer answer;
  private final JobGraph job;
  private final Pace pace;

  ArbitraryStyleJob(
      PreparedArbitraryStyle prepared, Path directory, TrainingLog log, Replicas replicas)
      throws IOException {
    this.prepared = prepared;
    this.recipe = prepared.recipe();
    this.directory = directory;
    this.log = log;
    StyleTraining settings = recipe.training();
    Share share = Share.of(replicas);
    int batch = settings.microBatch();
    long seed = settings.session().seed();
    DataSet contents = prepared.data().training();
    try {
      this.graph = resources.add(Graphs.create());
      this.input =
          pipeline(
              "training_input",
              contents,
              recipe.data().trainingInput(batch, seed).withShare(share));
      this.styles =
          pipeline(
              "style_input",
              prepared.styles(),
              repeated(recipe.data().trainingInput(batch, seed + 1), contents.count())
                  .withShare(share));
      this.heldOut = pipeline("evaluation_input", prepared.data().evaluation(), evaluationInput(1));
      this.heldOutStyles = pipeline("evaluation_styles", prepared.styles(), evaluationInput(1));
      long steps = prepared.stepsPerEpoch();
      this.pace = new Pace(settings.batch(), settings.updates().accumulation(), steps, steps);
      this.built =
          new ArbitraryStyleGraph(
              graph,
              recipe,
              prepared.encoder(),
              new ArbitraryStyleGraph.Batch(input.images(), styles.images()),
              steps,
              replicas);
      this.answer =
          ArbitraryStyleGraph.answer(
              built.store(),
              recipe,
              prepared.encoder(),
              new ArbitraryStyleGraph.Batch(heldOut.images(), heldOutStyles.images()));
      this.job = JobGraph.of(built.store());
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private PipelineSettings evaluationInput(int batch) {
    return recipe.data().evaluationInput(batch);
  }

  // A pass over the styles is at least as long as one over the contents.
  private PipelineSettings repeated(PipelineSettings settings, int contents) {
    int count = prepared.styles().count();
    return settings.withPasses(1 + (contents + count - 1) / count, false);
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
    int runs = pace.runs();
    double[] sums = new double[1 + ArbitraryTerms.NAMES.size()];
    double rate = 0;
    for (int i = 1; i <= runs; i++) {
      try (Result result = fetch(session, i < runs ? built.accumulate() : built.apply())) {
        input.reportUnreadable(result.get(0));
        styles.reportUnreadable(result.get(1));
        rate = scalar(result, 2);
        for (int part = 0; part < sums.length; part++) {
          sums[part] += scalar(result, 3 + part) / runs;
        }
      }
    }
    Map<String, Double> parts = new TreeMap<>();
    for (int part = 1; part < sums.length; part++) {
      parts.put(ArbitraryTerms.NAMES.get(part - 1), sums[part]);
    }
    return StepMetrics.of(sums[0], rate).with(parts);
  }

  private Result fetch(Session session, Op target) {
    Session.Runner runner =
        session
            .runner()
            .fetch(input.marks())
            .fetch(styles.marks())
            .fetch(built.learningRate())
            .addTarget(target);
    built.metrics().forEach(runner::fetch);
    return runner.run();
  }

  private static double scalar(Result result, int index) {
    return ((TFloat32) result.get(index)).getFloat();
  }

  // Each held-out image gets the next style, from the first on again after the last.
  @Override
  public Review review(Session session, Position position) throws IOException {
    StyleIntervals intervals = recipe.training().intervals();
    long from = System.nanoTime();
    long images =
        Math.min(intervals.measured(), Math.min(heldOut.batchesPerEpoch(), Integer.MAX_VALUE));
    int drawn = (int) Math.min(intervals.pictures(), images);
    int size = recipe.data().size();
    ImageGrid grid = new ImageGrid(3, drawn, size, size);
    double content = 0;
    double style = 0;
    heldOut.start(session, 0, 0);
    for (int i = 0; i < images; i++) {
      if (i % heldOutStyles.batchesPerEpoch() == 0) {
        heldOutStyles.start(session, 0, 0);
      }
      try (Result result =
          session
              .runner()
              .fetch(answer.terms().content())
              .fetch(answer.terms().style())
              .fetch(answer.batch().images())
              .fetch(answer.batch().styles())
              .fetch(answer.stylized())
              .run()) {
        content += scalar(result, 0) / images;
        style += scalar(result, 1) / images;
        for (int row = 0; row < 3 && i < drawn; row++) {
          grid.put(row, i, values(result, 2 + row), 0);
        }
      }
    }
    StyleSummary summary = new StyleSummary(images, content, style, 0);
    double seconds = (System.nanoTime() - from) / 1e9;
    log.evaluated(EvaluationReport.of(position.step(), images, seconds, summary.metrics()));
    picture(position.step(), grid.image(), summary);
    return summary;
  }

  private static float[] values(Result result, int index) {
    float[] values = new float[Math.toIntExact(result.get(index).shape().size())];
    ((TFloat32) result.get(index)).copyTo(DataBuffers.of(values));
    return values;
  }

  private void picture(long step, BufferedImage images, StyleSummary summary) {
    List<String> captions =
        List.of(
            String.format(
                Locale.ROOT,
                "%s, step %,d: contents, styles, results; %,d held-out images: %s",
                recipe.name(),
                step,
                summary.images(),
                summary.text()),
            "Loss network: " + prepared.encoder().description());
    Path png =
        directory.resolve("stylized").resolve(String.format(Locale.ROOT, "step-%09d.png", step));
    BufferedImage sheet = StyleSheet.captioned(images, captions);
    PngFiles.write(png, () -> sheet);
    log.picture(new PictureReport(step, "stylized", png, sheet.getHeight(), sheet.getWidth()));
  }

  @Override
  public void close() {
    resources.close();
  }
}
