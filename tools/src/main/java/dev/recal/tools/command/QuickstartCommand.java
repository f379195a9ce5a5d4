package dev.recal.tools.command;

import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.classification.PreparedClassification;
import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.files.NewDirectory;
import dev.recal.graphs.task.RecipeData;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.models.export.RunExport;
import dev.recal.savedmodels.serving.ShellWords;
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

/** {@code recal quickstart}: trains, exports and runs a model on images that need no download. */
@Command(
    name = "quickstart",
    description = {
      "Train SRM-ResNet-20 on synthetic textures, export it, and run it in a second JVM.",
      "Takes about two minutes on two cores and needs no download."
    })
public final class QuickstartCommand implements Callable<Integer> {

  private static final String RECIPE = "quickstart";
  private static final int SIDE = 32;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Output directory (default: runs/quickstart).")
  private Path out;

  @Option(names = "--plain", description = "Print log lines instead of a progress bar.")
  private boolean plain;

  @Override
  public Integer call() throws Exception {
    PrintWriter writer = spec.commandLine().getOut();
    ClassificationRecipe recipe =
        RecipeJson.read(Recipes.text(RECIPE), List.of(), ClassificationRecipe.class);
    Path directory = out == null ? Runs.free(RECIPE) : out;
    writer.println("1. Generating textures: ten classes that differ in style, not in shape.");
    writer.flush();
    List<Path> samples;
    RunDirectory<ClassificationRecipe> run;
    TrainingOutcome outcome;
    Runs.requireNew(directory);
    try (PreparedClassification training = new ClassificationTask().prepare(recipe, true);
        NewDirectory place = NewDirectory.at(directory)) {
      RecipeData images = training.data();
      run = RunDirectory.create(directory, training);
      images.training().contactSheet(directory.resolve("textures.png"));
      samples = samples(images.evaluation(), directory.resolve("samples"));
      writer.println("2. Training SRM-ResNet-20 on " + images.training().count() + " images.");
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
    writer.println("4. Loading and running it in a second JVM:");
    writer.flush();
    predict(model, samples);
    report(writer, run, outcome, model);
    return 0;
  }

  private static List<Path> samples(DataSet data, Path directory) throws IOException {
    int[] labels = data.labels();
    List<Path> files = new ArrayList<>();
    for (int label = 0; label < data.classNames().size(); label += 3) {
      for (int i = 0; i < labels.length; i++) {
        if (labels[i] == label) {
          Path file = directory.resolve(data.classNames().get(label) + ".png");
          data.writeImage(i, SIDE, file);
          files.add(file);
          break;
        }
      }
    }
    return files;
  }

  private static void predict(Path model, List<Path> images)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("predict", model.toString(), "--top-k", "3"));
    images.forEach(image -> arguments.add(image.toString()));
    SecondJvm.run(arguments);
  }

  private static void report(
      PrintWriter writer,
      RunDirectory<ClassificationRecipe> run,
      TrainingOutcome outcome,
      Path model) {
    Path directory = run.directory();
    int classes = run.recipe().network().classes();
    writer.printf(
        Locale.ROOT,
        "%nTop-1 accuracy %.2f %% on unseen images; chance level is %.0f %%.%n%n",
        100 * outcome.bestScore().orElse(0),
        100.0 / classes);
    writer.println("Textures      " + directory.resolve("textures.png"));
    writer.println("Curves        " + directory.resolve("curves.png"));
    writer.println(
        "TensorBoard   "
            + ShellWords.line(
                List.of("tensorboard", "--logdir", directory.resolve("tensorboard").toString())));
    writer.println("Checkpoints   " + run.checkpoints().root());
    writer.println("SavedModel    " + model);
    writer.println();
    writer.println("Next, train on your own images, one folder per class:");
    writer.println(
        "  "
            + CommandLineText.of(
                "train", "--images", "FOLDER", "--export", Path.of("models", "mine").toString()));
    writer.flush();
  }
}
