package dev.recal.tools.command;

import dev.recal.graphs.synthesis.oneshot.Pyramid;
import dev.recal.graphs.synthesis.oneshot.PyramidSettings;
import dev.recal.graphs.synthesis.oneshot.image.OneShotImage;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.models.synthesis.oneshot.OneShotModel;
import dev.recal.models.synthesis.oneshot.SuperResolution;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Runs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal oneshot superres}: enlarges the training image. */
@Command(
    name = "superres",
    description = {
      "Enlarge an image, with details like those that distinguish its scales.",
      "With an IMAGE, train a pyramid for the factor first: its scales differ by the enlargement of one"
          + " step, and the weight of the reconstruction is 100. With a MODEL, enlarge its training"
          + " image; it should have been trained for the same factor.",
      "What is enlarged is the training image, which has at most --max-size pixels a side."
    },
    footer = {
      "",
      "Examples:",
      "  recal oneshot superres photo.jpg --factor 4 --run runs/photo-x4 --out large.png",
      "  recal oneshot superres runs/photo-x4 --factor 4 --seed 2 --out other.png"
    })
public final class OneShotSuperresCommand implements Callable<Integer> {

  private static final double RECONSTRUCTION = 100;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "IMAGE|MODEL",
      description = "An image to train on; or the directory of a run, or a SavedModel.")
  private Path model;

  @Option(
      names = "--factor",
      paramLabel = "F",
      description = "Enlargement, from 1.1 to 16 (${DEFAULT-VALUE}).")
  private double factor = 4;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Directory of the run that trains on IMAGE (default: runs/NAME-xF).")
  private Path run;

  @Mixin private OneShotTrainingOptions settings = new OneShotTrainingOptions();

  @Mixin private RunOptions options = new RunOptions();

  @Mixin private OneShotPictureOptions picture = new OneShotPictureOptions();

  @Override
  public Integer call() throws IOException {
    SuperResolution enlargement =
        UsageException.check(() -> new SuperResolution(factor, picture.seed()));
    Path out = picture.checked("superres.png");
    boolean trains = !Files.isDirectory(model);
    if (!trains && (settings.given() || run != null)) {
      throw new UsageException(
          "IMAGE|MODEL: " + model + " is trained already; settings and --run need an image.");
    }
    Path directory = trains ? train(enlargement) : model;
    try (OneShotModel opened = OneShotModel.open(directory)) {
      if (!trains && !enlargement.suits(opened)) {
        warn(enlargement, opened);
      }
      OneShotImage large = enlargement.apply(opened, opened.original());
      OneShotPictureOptions.write(spec.commandLine().getOut(), large, out);
    }
    return 0;
  }

  private Path train(SuperResolution enlargement) throws IOException {
    OneShotImage image = picture.read(model);
    PyramidSettings usual = PyramidSettings.defaults();
    PyramidSettings pyramid = PyramidSettings.enlarging(factor, usual.maxSize());
    OneShotRecipe read =
        settings.read(
            model,
            List.of(
                "pyramid.factor=" + pyramid.factor(),
                "pyramid.minSize=" + pyramid.minSize(),
                "training.reconstruction=" + RECONSTRUCTION));
    OneShotRecipe recipe = read.withName(read.name() + "-x" + text(factor));
    Pyramid sizes = Pyramid.of(image.height(), image.width(), recipe.pyramid());
    enlargement.requireSize(sizes.height(), sizes.width());
    PrintWriter console = spec.commandLine().getOut();
    if (sizes.width() < image.width()) {
      console.printf(
          Locale.ROOT,
          "The image is reduced from %d×%d to %d×%d before it is enlarged; --max-size %d keeps its"
              + " size%n",
          image.width(),
          image.height(),
          sizes.width(),
          sizes.height(),
          Math.max(image.width(), image.height()));
    }
    Path directory = run == null ? Runs.free(recipe.name()) : run;
    options.runs(console).start(recipe, directory);
    return directory;
  }

  private static String text(double number) {
    return number == Math.rint(number) ? Integer.toString((int) number) : Double.toString(number);
  }

  private void warn(SuperResolution enlargement, OneShotModel opened) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "Warning: the scales of %s differ by a factor of %.2f, but the steps of --factor %s by"
            + " %.2f; train on the image with 'oneshot superres IMAGE' for better results.%n",
        model,
        opened.pyramid().enlargement(),
        text(factor),
        enlargement.step());
    err.flush();
  }
}
