package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.logs.PictureReport;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.synthesis.oneshot.ScaleProfile;
import dev.recal.graphs.synthesis.training.AdversarialMetrics;
import dev.recal.graphs.synthesis.training.DivergenceWatch;
import dev.recal.graphs.training.DataIdentity;
import dev.recal.graphs.training.JobGraph;
import dev.recal.graphs.training.OpenedResources;
import dev.recal.graphs.training.Pace;
import dev.recal.graphs.training.Position;
import dev.recal.graphs.training.Review;
import dev.recal.graphs.training.StepMetrics;
import dev.recal.graphs.training.TrainingJob;
import dev.recal.ops.runtime.Graphs;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Trains one scale of a pyramid: critic and generator in a step, pictures as a review. */
final class OneShotJob implements TrainingJob {

  private static final int METRICS = 8;

  private final PreparedOneShot prepared;
  private final ScaleProfile profile;
  private final OneShotSettings settings;
  private final int scale;
  private final Path directory;
  private final TrainingLog log;
  private final OpenedResources resources = new OpenedResources();
  private final Graph graph;
  private final ScaleGraph built;
  private final DivergenceWatch watch;
  private AdversarialMetrics last;

  /**
   * Builds the graph.
   *
   * @param profile of the scale, for messages
   * @param previous the last checkpoint of the scale below
   * @param directory of the run, for pictures
   * @param log gets pictures
   */
  OneShotJob(
      PreparedOneShot prepared,
      ScaleProfile profile,
      int scale,
      Optional<Path> previous,
      Path directory,
      TrainingLog log)
      throws IOException {
    this.prepared = prepared;
    this.profile = profile;
    this.settings = prepared.recipe().training();
    this.scale = scale;
    this.directory = directory;
    this.log = log;
    this.watch = new DivergenceWatch(settings.watch());
    Optional<StoredScale> stored =
        previous.isPresent() ? Optional.of(StoredScale.of(previous.get())) : Optional.empty();
    try {
      this.graph = resources.add(Graphs.create());
      this.built =
          new ScaleGraph(
              graph,
              prepared.recipe(),
              prepared.pyramid(),
              prepared.image().channels(),
              scale,
              stored);
    } catch (RuntimeException | Error failure) {
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
    return Pace.of(1, settings.steps());
  }

  @Override
  public DataIdentity data() {
    String name = String.valueOf(prepared.recipe().data().path().getFileName());
    return new DataIdentity(name, prepared.image().digest());
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("scale", Integer.toString(scale));
  }

  @Override
  public List<String> startupMessages() {
    return List.of(
        String.format(
            Locale.ROOT,
            "Scale %d of %d: %d×%d, generator %,d parameters and %.3f GMACs, critic %,d and %.3f%s",
            scale + 1,
            prepared.pyramid().scales(),
            prepared.pyramid().width(scale),
            prepared.pyramid().height(scale),
            profile.generatorParameters(),
            profile.generatorMacs() / 1e9,
            profile.criticParameters(),
            profile.criticMacs() / 1e9,
            built.start().inherits() ? ", starting from the scale below" : ""));
  }

  @Override
  public void initialise(Session session, TrainingLog messages) {
    built.start().run(session, prepared.image().values());
  }

  @Override
  public void start(Session session, long pass, long batch) {
    // All randomness is a function of the step.
  }

  @Override
  public StepMetrics step(Session session) {
    float[] values = new float[METRICS];
    try (Result result =
        session.runner().fetch(built.metricValues()).addTarget(built.takeStep()).run()) {
      ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
    }
    last =
        new AdversarialMetrics(
            values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
    StepMetrics metrics = last.report();
    Map<String, Double> extras = new TreeMap<>(metrics.extras());
    extras.put("penalty", (double) values[7]);
    extras.put("scale", (double) scale);
    return StepMetrics.of(values[0] + values[7] + values[1], metrics.learningRate()).with(extras);
  }

  @Override
  public Optional<String> divergence(Position position, StepMetrics metrics) {
    return watch.divergence(last);
  }

  @Override
  public String remedies() {
    return "a lower learning rate or another seed";
  }

  @Override
  public Review review(Session session, Position position) throws IOException {
    picture(position.step(), "samples", built.pictures().samples(session));
    picture(position.step(), "reconstructions", built.pictures().reconstruction(session));
    return Review.unscored();
  }

  private void picture(long step, String name, ImageGrid grid) {
    String file = String.format(Locale.ROOT, "scale-%02d-step-%09d.png", scale, step);
    Path png = directory.resolve(name).resolve(file);
    BufferedImage image = grid.image();
    PngFiles.write(png, () -> image);
    log.picture(new PictureReport(step, name, png, image.getHeight(), image.getWidth()));
  }

  @Override
  public void close() {
    resources.close();
  }
}
