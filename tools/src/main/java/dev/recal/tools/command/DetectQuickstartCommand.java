package dev.recal.tools.command;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.graphs.detection.training.DetectionTask;
import dev.recal.graphs.detection.training.PreparedDetection;
import dev.recal.graphs.files.NewDirectory;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.models.export.RunExport;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.run.Recipes;
import dev.recal.tools.run.Runs;
import dev.recal.tools.run.SecondJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recal detect quickstart}: trains, exports and runs a detector on drawn scenes. */
@Command(
    name = "quickstart",
    description = {
      "Train a small Mask R-CNN on drawn scenes, export it, and run it in a second JVM.",
      "Takes about ten minutes on two cores and needs no download."
    })
public final class DetectQuickstartCommand implements Callable<Integer> {

  private static final String PLAIN = "scenes-mask-rcnn";
  private static final String ATTENTIVE = "scenes-mask-rcnn-an";
  private static final int SAMPLES = 6;
  private static final int SIDE = 128;

  @Spec private CommandSpec spec;

  @Option(
      names = "--attentive",
      description = "Use attentive norms in the backbone (the recipe " + ATTENTIVE + ").")
  private boolean attentive;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Output directory (default: runs/NAME of the recipe).")
  private Path out;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a setting of the recipe; repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--plain", description = "Print log lines instead of a progress bar.")
  private boolean plain;

  @Override
  public Integer call() throws Exception {
    PrintWriter writer = spec.commandLine().getOut();
    DetectionRecipe recipe =
        RecipeJson.read(
            Recipes.text(attentive ? ATTENTIVE : PLAIN), settings, DetectionRecipe.class);
    Path directory = out == null ? Runs.free(recipe.name()) : out;
    writer.println("1. Drawing scenes: shapes in front of textures, with exact boxes and masks.");
    writer.flush();
    Runs.requireNew(directory);
    RunDirectory<DetectionRecipe> run;
    TrainingOutcome outcome;
    Path samples = directory.resolve("samples");
    try (PreparedDetection training = new DetectionTask().prepare(recipe, true);
        NewDirectory place = NewDirectory.at(directory)) {
      run = RunDirectory.create(directory, training);
      writeSamples(training.data().evaluation(), samples);
      writer.println(
          "2. Training Mask R-CNN on " + training.data().training().count() + " scenes.");
      writer.flush();
      Optional<TrainingOutcome> trained =
          new Runs(writer, plain, true, Optional.empty()).train(run, training, place);
      if (trained.isEmpty()) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      outcome = trained.get();
    }
    writer.println("3. Exporting the best weights as a SavedModel.");
    Path model = RunExport.write(run, outcome.checkpoint(), directory.resolve("model"));
    writer.println("4. Loading it in a second JVM and detecting objects in unseen scenes:");
    writer.flush();
    Path drawn = directory.resolve("drawn");
    SecondJvm.run(
        List.of("predict", model.toString(), samples.toString(), "--draw", drawn.toString()));
    report(writer, run, outcome, model);
    return 0;
  }

  private static void writeSamples(DataSet scenes, Path directory) throws IOException {
    for (int i = 0; i < Math.min(SAMPLES, scenes.count()); i++) {
      scenes.writeImage(i, SIDE, directory.resolve("scene" + i + ".png"));
    }
  }

  private static void report(
      PrintWriter writer, RunDirectory<?> run, TrainingOutcome outcome, Path model) {
    Path directory = run.directory();
    writer.printf(
        Locale.ROOT,
        "%nBox AP %.3f on unseen scenes (COCO's mean over overlaps from 0.5 to 0.95).%n%n",
        outcome.bestScore().orElse(0));
    writer.println("Found objects     " + directory.resolve("drawn"));
    writer.println("During training   " + directory.resolve("detections"));
    writer.println("Precision/recall  " + directory.resolve("precision-recall.png"));
    writer.println("Curves            " + directory.resolve("curves.png"));
    writer.println("SavedModel        " + model);
    writer.println();
    writer.println("Next, try it in the browser, or train on your own images in COCO's form:");
    writer.println("  " + CommandLineText.of("serve", model));
    writer.println(
        "  "
            + CommandLineText.of(
                "train",
                PLAIN,
                "--set",
                "name=mine",
                "--set",
                "data.evaluation=null",
                "--set",
                "data.training={\"type\":\"coco\",\"images\":\"FOLDER\","
                    + "\"annotations\":\"FILE.json\"}",
                "--set",
                "data.height=256",
                "--set",
                "data.width=256"));
    writer.flush();
  }
}
