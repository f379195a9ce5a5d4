package dev.recal.tools.command;

import com.google.gson.JsonObject;
import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.synthesis.projection.Projection;
import dev.recal.graphs.synthesis.projection.ProjectionSettings;
import dev.recal.graphs.synthesis.projection.Projector;
import dev.recal.models.features.LpipsModel;
import dev.recal.models.synthesis.LatentFiles;
import dev.recal.models.synthesis.TargetImage;
import dev.recal.models.synthesis.TrainedGenerator;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.ProgressBars;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal synthesize project}: the vector whose image is nearest to a given one. */
@Command(
    name = "project",
    description = {
      "Find the latent vector whose image is nearest to a given image, by gradient descent through"
          + " the generator from several starting points.",
      "A generator matches images unlike its training data only in colour and coarse shape; the"
          + " remaining distance shows this."
    },
    footer = {
      "",
      "Examples:",
      "  recal synthesize project runs/photos photo.jpg --out projected.png --z photo.json",
      "  recal synthesize sample runs/photos --z photo.json --out again.png"
    })
public final class SynthesizeProjectCommand implements Callable<Integer> {

  private static final int MAX_STARTS = 64;
  private static final ProjectionSettings DEFAULTS = ProjectionSettings.defaults();

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Directory of a run, or a SavedModel exported from one.")
  private Path model;

  @Parameters(index = "1", paramLabel = "IMAGE", description = "A JPEG, PNG, GIF or BMP file.")
  private Path image;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "PNG file with the image next to its projection (${DEFAULT-VALUE}).")
  private Path out = Path.of("projected.png");

  @Option(
      names = "--z",
      paramLabel = "FILE",
      description = "JSON file for the latent vector, for 'sample --z'.")
  private Path z;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Number of optimisation steps (${DEFAULT-VALUE}).")
  private int steps = DEFAULTS.steps();

  @Option(
      names = "--starts",
      paramLabel = "N",
      description = "Number of vectors optimised in parallel (${DEFAULT-VALUE}).")
  private int starts = DEFAULTS.starts();

  @Option(
      names = "--candidates",
      paramLabel = "N",
      description = "Random candidates tried before optimising (${DEFAULT-VALUE}).")
  private int candidates = DEFAULTS.candidates();

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Initial learning rate (${DEFAULT-VALUE}).")
  private double rate = DEFAULTS.rate();

  @Option(names = "--seed", paramLabel = "N", description = "Random seed (${DEFAULT-VALUE}).")
  private long seed = DEFAULTS.seed();

  @Mixin private PixelOption pixels = new PixelOption();

  @Option(names = "--force", description = "Overwrite existing files.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    Bounds.requireWithin("--starts", starts, 1, MAX_STARTS);
    ProjectionSettings settings =
        new ProjectionSettings(Math.max(candidates, starts), starts, steps, rate, seed);
    Outputs.requireAllWritable(force, out, z);
    TrainedGenerator trained = TrainedGenerator.open(model);
    int size = trained.generator().size();
    float[] target = TargetImage.read(image, trained.recipe().data().fit(), size, pixels.pixels());
    try (ImageDistance distance =
        trained.recipe().training().distance().open(LpipsModel.networks())) {
      Projection found = search(trained, distance, settings, target);
      ImageGrid pair = new ImageGrid(1, 2, size, size);
      pair.put(0, 0, target, 0);
      pair.put(0, 1, found.image(), 0);
      PngFiles.write(out, pair::image);
      if (z != null) {
        LatentFiles.write(z, found.z(), trained.generator().latent(), metadata(found, distance));
      }
      report(found, distance);
    }
    return 0;
  }

  private Projection search(
      TrainedGenerator trained, ImageDistance distance, ProjectionSettings settings, float[] target)
      throws IOException {
    try (Projector projector =
            new Projector(
                trained.generator(), trained.seed(), trained.weights(), distance, settings);
        ProgressBar bar = ConsoleLogs.isTerminal() ? bar() : null) {
      return projector.project(
          target,
          done -> {
            if (bar != null) {
              bar.stepTo(done);
            }
          });
    }
  }

  private ProgressBar bar() {
    return ProgressBars.builder("project").setInitialMax(steps).build();
  }

  private JsonObject metadata(Projection found, ImageDistance distance) {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("model", model.toString());
    metadata.addProperty("image", image.toString());
    metadata.addProperty("distance", found.distance());
    metadata.addProperty("measure", measure(distance));
    return metadata;
  }

  private static String measure(ImageDistance distance) {
    return "mean squared difference of pixels in -1..1 plus " + distance.description();
  }

  private void report(Projection found, ImageDistance distance) {
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "Distance %.4f, down from %.4f at the nearest candidate; pixels differ by %.1f of 255 (root"
            + " mean square)%n",
        found.distance(),
        found.startDistance(),
        255 * found.rootMeanSquare());
    console.println("The distance is the " + measure(distance));
    console.println("Image and projection: " + out);
    if (z != null) {
      console.println("Latent vector: " + z);
    }
    console.flush();
  }
}
