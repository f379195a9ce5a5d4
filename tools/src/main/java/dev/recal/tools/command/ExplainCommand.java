package dev.recal.tools.command;

import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.models.TrainedNetwork;
import dev.recal.models.TrainedRecipe;
import dev.recal.models.explain.ExplainedFiles;
import dev.recal.models.predict.ImageFiles;
import dev.recal.ops.Counted;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal explain}: Grad-CAM and pictures of the modules of a network or a detector. */
@Command(
    name = "explain",
    description = {
      "Visualise a network's values for images: Grad-CAM, DRConv regions, SLIM masks, AN"
          + " mixture weights, and histograms of all gates by class.",
      "Of a detector the values of its backbone and heads are drawn; Grad-CAM explains the class of a"
          + " whole image, so it does not apply."
    })
public final class ExplainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Directory of a run, or a SavedModel exported from one.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description =
          "Image files or folders; a file in a folder named after a class is counted for that"
              + " class.")
  private List<Path> images = new ArrayList<>();

  @Option(names = "--out", paramLabel = "DIR", description = "Output directory (${DEFAULT-VALUE}).")
  private Path out = Path.of("explain");

  @Option(
      names = "--class",
      paramLabel = "NAME",
      description = "Of a classifier: class for Grad-CAM (default: the predicted class).")
  private String className;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      description =
          "Number of images to draw pictures of (${DEFAULT-VALUE}); the histograms use all images.")
  private int pictures = 12;

  @Mixin private PixelOption pixels = new PixelOption();

  @Override
  public Integer call() throws IOException {
    Outputs.requireDirectory(out);
    boolean detects = TrainedRecipe.isAt(model, DetectionRecipe.class);
    List<Path> files = ImageFiles.find(images).stream().map(ImageFiles.ImageFile::file).toList();
    return report(files.size(), detects ? explainDetector(files) : explainNetwork(files));
  }

  private ExplainedFiles explainNetwork(List<Path> files) throws IOException {
    TrainedNetwork trained = TrainedNetwork.open(model);
    OptionalInt requestedClass = requestedClass(trained.labels());
    return ExplainedFiles.draw(trained, files, requestedClass, out, pictures, pixels.pixels());
  }

  private ExplainedFiles explainDetector(List<Path> files) throws IOException {
    if (className != null) {
      throw new UsageException(
          "--class: "
              + model
              + " is a detector; Grad-CAM explains the class of a whole image, which it does not"
              + " have.");
    }
    TrainedRecipe<DetectionRecipe> trained = TrainedRecipe.open(model, DetectionRecipe.class);
    return ExplainedFiles.drawDetector(trained, files, out, pictures, pixels.pixels());
  }

  private OptionalInt requestedClass(List<String> labels) {
    if (className == null) {
      return OptionalInt.empty();
    }
    int index = labels.indexOf(className);
    if (index < 0) {
      throw UsageException.unknown("--class", className, labels);
    }
    return OptionalInt.of(index);
  }

  private int report(int all, ExplainedFiles explained) {
    int skipped = explained.skipped().size();
    PrintWriter console = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    explained
        .skipped()
        .forEach(
            file -> err.println("recal: skipped " + file.file() + ": it " + file.reason() + "."));
    err.flush();
    if (skipped == all) {
      throw new FailureException("None of the files is an image that can be decoded.");
    }
    console.println(Counted.of(all - skipped, "image") + " explained:");
    explained.pictures().forEach(file -> console.println("  " + file));
    console.flush();
    return 0;
  }
}
