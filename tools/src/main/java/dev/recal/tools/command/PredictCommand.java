package dev.recal.tools.command;

import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.models.detection.DetectionModel;
import dev.recal.models.predict.ImageFiles;
import dev.recal.models.predict.NumberPredictions;
import dev.recal.models.predict.Predictions;
import dev.recal.savedmodels.Predictor;
import dev.recal.savedmodels.PredictorSettings;
import dev.recal.tools.console.Bounds;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.predict.ClassReport;
import dev.recal.tools.predict.NumberReport;
import dev.recal.tools.predict.ObjectSearch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal predict}: classifies images, finds objects in them, or estimates numbers. */
@Command(
    name = "predict",
    description = {
      "Classify images, find objects in them or estimate numbers, whichever the model does.",
      "Files that are not images are reported and skipped; the exit code is 1 if one of them was"
          + " given on the command line or no image is left."
    })
public final class PredictCommand implements Callable<Integer> {

  private static final int TOP = 5;
  private static final double MINIMUM_SCORE = 0.5;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL_DIR",
      description =
          "A SavedModel, or a directory of versions; of a detector also the directory of a run.")
  private Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE|FOLDER",
      description = "Image files, or folders that are searched for images.")
  private List<Path> paths;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Of a classifier: number of classes to show for each image (" + TOP + ").")
  private Integer topK;

  @Option(
      names = "--min-score",
      paramLabel = "SCORE",
      description =
          "Of a detector: minimum score of the objects that are printed and drawn ("
              + MINIMUM_SCORE
              + ").")
  private Double minScore;

  @Option(
      names = "--draw",
      paramLabel = "DIR",
      description =
          "Of a detector: draw boxes and masks into a copy of each image in this directory; small"
              + " images are enlarged.")
  private Path draw;

  @Option(
      names = "--coco",
      paramLabel = "FILE",
      description =
          "Of a detector: write all objects, of any score, in COCO's format of results. Images are"
              + " numbered from 1 in their order, categories from 1 in the order of the classes.")
  private Path coco;

  @Option(
      names = "--annotations",
      paramLabel = "FILE",
      description =
          "With --coco: a file of COCO's annotations, whose ids the results get: those of the images"
              + " by their files' names, those of the categories by their names.")
  private Path annotations;

  @Mixin private PixelOption pixels = new PixelOption();

  @Option(names = "--strict", description = "Stop at the first file that is not an image.")
  private boolean strict;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    check();
    List<ImageFiles.ImageFile> files = ImageFiles.find(paths);
    PredictorSettings settings = PredictorSettings.defaults().withPixels(pixels.pixels());
    List<Predictions.Skipped> skipped;
    if (RunDirectory.isAt(model, DetectionRecipe.class)) {
      try (DetectionModel detector = DetectionModel.open(model, settings)) {
        skipped = detect(detector, files);
      }
    } else {
      try (Predictor predictor = Predictor.open(model, settings)) {
        skipped =
            DetectionModel.fits(predictor.description())
                ? detect(DetectionModel.of(predictor), files)
                : answer(predictor, files);
      }
    }
    return skipped.stream().anyMatch(Predictions.Skipped::named) ? 1 : 0;
  }

  private void check() {
    if (topK != null) {
      Bounds.requireAtLeast("--top-k", topK, 1);
    }
    if (minScore != null) {
      Bounds.requireWithin("--min-score", minScore, 0, 1);
    }
    if (annotations != null && coco == null) {
      throw new UsageException(
          "--annotations: expected a file for the results, --coco FILE, but got none.");
    }
    Outputs.requireDirectory(draw);
    Outputs.requireReplaceable(coco);
  }

  private List<Predictions.Skipped> detect(
      DetectionModel detector, List<ImageFiles.ImageFile> files) throws IOException {
    if (topK != null) {
      throw new UsageException(
          "--top-k: " + model + " is a detector, which finds objects; use --min-score.");
    }
    ObjectSearch search =
        new ObjectSearch(
            minScore == null ? MINIMUM_SCORE : minScore,
            Optional.ofNullable(draw),
            Optional.ofNullable(coco),
            Optional.ofNullable(annotations),
            strict,
            json);
    List<Predictions.Skipped> skipped =
        search.run(detector, files, spec.commandLine().getOut(), spec.commandLine().getErr());
    if (skipped.size() == files.size()) {
      throw new FailureException("None of the " + files.size() + " files could be searched.");
    }
    return skipped;
  }

  private List<Predictions.Skipped> answer(Predictor predictor, List<ImageFiles.ImageFile> files)
      throws IOException {
    requireAbsent("--min-score", minScore);
    requireAbsent("--draw", draw);
    requireAbsent("--coco", coco);
    return predictor.answersNumbers() ? estimate(predictor, files) : classify(predictor, files);
  }

  private List<Predictions.Skipped> estimate(Predictor predictor, List<ImageFiles.ImageFile> files)
      throws IOException {
    if (topK != null) {
      throw new UsageException(
          "--top-k: " + model + " answers with numbers; it does not classify images.");
    }
    NumberPredictions predictions = NumberPredictions.of(predictor, files, strict);
    NumberReport report = new NumberReport(predictor.description().numberNames(), predictions);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      report.printJson(out);
    } else {
      report.print(out, spec.commandLine().getErr());
    }
    if (predictions.answered().isEmpty()) {
      throw new FailureException("None of the " + files.size() + " files could be used.");
    }
    return predictions.skipped();
  }

  private List<Predictions.Skipped> classify(Predictor predictor, List<ImageFiles.ImageFile> files)
      throws IOException {
    Predictions predictions = Predictions.of(predictor, files, topK == null ? TOP : topK, strict);
    ClassReport report = new ClassReport(predictions);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      report.printJson(out);
    } else {
      report.print(out, spec.commandLine().getErr());
    }
    if (predictions.answered().isEmpty()) {
      throw new FailureException("None of the " + files.size() + " files could be classified.");
    }
    return predictions.skipped();
  }

  private void requireAbsent(String option, Object value) {
    if (value != null) {
      throw new UsageException(
          option + ": " + model + " is not a detector; it finds no objects in images.");
    }
  }
}
