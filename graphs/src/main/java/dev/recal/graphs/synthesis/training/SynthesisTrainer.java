package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.InputPipeline;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.RunInfo;
import dev.recal.graphs.logs.StepReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.training.Divergence;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.graphs.training.Position;
import dev.recal.graphs.training.Progress;
import dev.recal.graphs.training.RunCheckpoints;
import dev.recal.ops.GraphScope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * Trains a generator and its discriminator: steps, pictures and checkpoints, from the start or from
 * a checkpoint.
 *
 * <p>Batches and all randomness are functions of the seed and the step, and checkpoints hold every
 * variable, so a resumed run equals an uninterrupted one: bit for bit with one thread, otherwise up
 * to the differences between two equal runs.
 */
public final class SynthesisTrainer implements AutoCloseable {

  private final SynthesisPlan plan;
  private final SynthesisSettings settings;
  private final TrainingLog log;
  // The resources of close(), the last opened first.
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final InputPipeline input;
  private final SynthesisGraph built;
  private final Session session;
  private final StepRunner runner;
  private final RunCheckpoints checkpoints;
  private final Divergence divergence;
  private final DivergenceWatch watch;

  /**
   * Builds the graph.
   *
   * @param log receives every step; not closed by the trainer
   * @throws IOException if images cannot be read
   * @throws IllegalArgumentException if network, images and settings do not match
   */
  public SynthesisTrainer(SynthesisPlan plan, TrainingLog log) throws IOException {
    this.plan = plan;
    this.settings = plan.recipe().training();
    this.log = log;
    this.watch = new DivergenceWatch(settings.watch());
    DataSet data = plan.data();
    int size = plan.recipe().network().size();
    try {
      Graph graph = opened(new Graph());
      this.input =
          opened(
              InputPipeline.build(
                  GraphScope.ops(graph).withSubScope("training_input"),
                  data,
                  plan.recipe()
                      .data()
                      .pipeline(data.count(), settings.microBatch(), size, settings.seed())));
      this.built = SynthesisGraph.build(graph, plan.recipe(), input.images(), plan.distance());
      this.session = opened(new Session(graph, settings.precision().session(settings.threads())));
      this.runner = new StepRunner(session, built, settings.accumulation());
      this.checkpoints =
          new RunCheckpoints(plan.checkpoints(), data, settings.seed(), session, built.saver());
      this.divergence =
          new Divergence(checkpoints, "a lower learning rate, more images or another seed");
    } catch (IOException | RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  /** Returns the number of trainable values of the generator. */
  public long generatorParameters() {
    return parameters(SynthesisGraph.GENERATOR);
  }

  /** Returns the number of trainable values of the discriminator, including its decoders. */
  public long discriminatorParameters() {
    return parameters(SynthesisGraph.DISCRIMINATOR);
  }

  private long parameters(String scope) {
    return built.store().trainable().stream()
        .filter(variable -> variable.name().startsWith(scope + "/"))
        .mapToLong(variable -> variable.size())
        .sum();
  }

  /**
   * Trains from the first step.
   *
   * @throws IOException if a checkpoint cannot be written
   * @throws DivergenceException if a loss is not finite, or training has failed
   * @throws IllegalArgumentException if there are checkpoints already
   */
  public SynthesisResult run() throws IOException {
    checkpoints.requireNone();
    built.store().initialize(session);
    built.averaged().begin(session);
    Position start = Position.start();
    checkpoints.write(start, Optional.empty());
    return train(start);
  }

  /**
   * Resumes from the newest readable checkpoint, or starts from scratch if there is none.
   *
   * @throws IOException if the checkpoints are damaged, or belong to other data
   */
  public SynthesisResult resume() throws IOException {
    Optional<Position> position = checkpoints.restore(log);
    if (position.isPresent()) {
      return train(position.get());
    }
    log.message(
        "There is no checkpoint in " + checkpoints.root() + "; training starts from scratch.");
    return run();
  }

  private SynthesisResult train(Position start) throws IOException {
    log.started(
        new RunInfo(
            plan.recipe().name(),
            start.step(),
            Math.max(start.step(), settings.steps()),
            stepsPerEpoch(),
            settings.batch(),
            Map.of("distance", plan.distance().description())));
    tellSmallImages();
    Position position = start;
    Progress progress = new Progress(settings.batch(), settings.steps());
    input.start(session, position.epoch(), position.batch());
    while (position.step() < settings.steps()) {
      progress.resume();
      position = step(position, progress);
      progress.pause();
      boolean last = position.step() == settings.steps();
      boolean shows = last || position.step() % settings.intervals().samples() == 0;
      boolean writes = last || position.step() % settings.intervals().checkpoint() == 0;
      if (shows || writes) {
        divergence.requireFinite(position, session, built.finite());
      }
      if (shows) {
        show(position.step());
      }
      if (writes) {
        // Estimates the averages' statistics, which export reads from the checkpoint.
        if (!shows) {
          built.averaged().estimate(session);
        }
        checkpoints.write(position, Optional.empty());
      }
    }
    checkpoints.prove();
    return new SynthesisResult(position.step(), checkpoints.best(), progress.stepsPerSecond());
  }

  private void tellSmallImages() {
    int size = plan.recipe().network().size();
    int small = plan.data().countSmallerThan(size);
    if (small > 0) {
      log.message(
          "Smaller than %d×%d pixels and therefore enlarged: %d of %d images; the upscaling blur will be learned."
              .formatted(size, size, small, plan.data().count()));
    }
  }

  private long stepsPerEpoch() {
    return Math.max(1, plan.data().count() / settings.batch());
  }

  private Position step(Position position, Progress progress) throws IOException {
    StepFigures figures = runner.step();
    double loss = figures.adversarial() + figures.reconstruction();
    Position after = position.afterStep(settings.accumulation(), loss);
    if (after.batch() + settings.accumulation() > input.batchesPerEpoch()) {
      after = after.nextEpoch();
      input.start(session, after.epoch(), after.batch());
    }
    progress.stepped();
    if (progress.reports(after.step())) {
      log.step(
          new StepReport(
              after.step(),
              1 + (after.step() - 1) / stepsPerEpoch(),
              stepsPerEpoch(),
              settings.steps(),
              loss,
              OptionalDouble.empty(),
              settings.learningRate(),
              progress.imagesPerSecond(),
              progress.seconds(),
              figures.extras()));
    }
    requireLearning(after, figures);
    checkpoints.prove();
    return after;
  }

  private void requireLearning(Position position, StepFigures figures) throws IOException {
    Optional<String> trouble = watch.trouble(figures);
    if (trouble.isPresent()) {
      throw divergence.found(position, trouble.get());
    }
    watch.warning(figures).ifPresent(log::message);
  }

  // Samples of the averaged weights, and reconstructions of the last batch.
  private void show(long step) {
    built.averaged().estimate(session);
    float[] samples = built.averaged().samples(session);
    int count = settings.intervals().count();
    int size = plan.recipe().network().size();
    picture(step, "samples", ImageGrid.of(samples, size, ImageGrid.columns(count)).image());
    picture(step, "reconstructions", runner.pictures().image());
  }

  private void picture(long step, String name, BufferedImage image) {
    Path png = plan.directory().resolve(name).resolve("step-%09d.png".formatted(step));
    PngFiles.write(png, () -> image);
    log.picture(new PictureReport(step, name, png, image.getHeight(), image.getWidth()));
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
