package dev.recal.tools.command;

import dev.recal.graphs.recipe.Recipe;
import dev.recal.graphs.recipe.RecipeData;
import dev.recal.graphs.recipe.StartingWeights;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.graphs.training.TrainingResult;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Recipes;
import dev.recal.tools.run.RunExport;
import dev.recal.tools.run.Runs;
import dev.recal.tools.run.Smoke;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recal train}: trains from a recipe, or resumes a run. */
@Command(
    name = "train",
    description = "Train a network from a recipe, or resume a run.",
    footer = {
      "",
      "Examples:",
      "  recal train quickstart",
      "  recal train imagenet-srm --smoke",
      "  recal train cifar10-srm --data ../data --set training.epochs=5",
      "  recal train my-recipe --weights weights/resnet50 --new-head",
      "  recal train --resume runs/cifar10-srm"
    })
public final class TrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "A recipe file, or the name of one in recipes/.")
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a setting of the recipe, for example training.learningRate.base=0.05.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Base directory of the recipe's relative paths (default: the current directory).")
  private Path data = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Directory of the run (default: runs/NAME).")
  private Path out;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Resume this run from its newest checkpoint.")
  private Path resume;

  @Option(
      names = "--weights",
      paramLabel = "WEIGHTS",
      description = "Start from imported weights, the best checkpoint of a run, or a checkpoint.")
  private Path weights;

  @Option(
      names = "--new-head",
      description = "Reinitialise the head, for another number of classes than --weights has.")
  private boolean newHead;

  @Option(
      names = "--strict",
      description = "Fail on images that cannot be used, instead of skipping them.")
  private boolean strict;

  @Option(
      names = "--smoke",
      description =
          "Smoke-test the recipe end to end with two steps on a few synthetic images: train,"
              + " evaluate, export.")
  private boolean smoke;

  @Option(names = "--plain", description = "Print log lines instead of a progress bar.")
  private boolean plain;

  @Option(
      names = "--export",
      paramLabel = "MODEL",
      description = "Export the best weights to MODEL/VERSION at the end.")
  private Path export;

  @Override
  public Integer call() throws IOException {
    if ((recipe == null) == (resume == null)) {
      throw new UsageException("train: expected either RECIPE or --resume RUN.");
    }
    return resume == null ? start() : goOn();
  }

  private int start() throws IOException {
    if (newHead && weights == null) {
      throw new UsageException("--new-head: requires --weights.");
    }
    Recipe read = smoke ? Smoke.read(recipe, overrides) : Recipes.read(recipe, overrides).at(data);
    Recipe chosen =
        weights == null
            ? read
            : read.withWeights(new StartingWeights(weights.toAbsolutePath().normalize(), newHead));
    Path directory = out == null ? Runs.free(chosen.name()) : out;
    try (RecipeData images = open(chosen)) {
      TrainingRun run = UsageException.check(() -> TrainingRun.create(directory, chosen, images));
      return train(run, images, false);
    }
  }

  private int goOn() throws IOException {
    if (!overrides.isEmpty() || out != null || weights != null || newHead || smoke) {
      throw new UsageException(
          "--resume: a run resumes with its own settings; it cannot be combined with --set,"
              + " --weights, --new-head, --smoke or --out.");
    }
    TrainingRun run = TrainingRun.open(resume);
    try (RecipeData images = open(run.recipe())) {
      return train(run, images, true);
    }
  }

  private RecipeData open(Recipe chosen) throws IOException {
    return RecipeData.open(chosen.data(), chosen.training().seed(), strict);
  }

  private int train(TrainingRun run, RecipeData images, boolean goingOn) throws IOException {
    PrintWriter writer = spec.commandLine().getOut();
    Runs.describe(writer, images);
    writer.println("Run " + run.directory());
    writer.flush();
    TrainingResult result;
    try {
      result = Runs.train(run, images, goingOn, System.out, plain);
    } catch (DivergenceException diverged) {
      throw new FailureException(diverged.getMessage(), diverged);
    }
    report(writer, run, result);
    if (export != null || smoke) {
      Path target = export != null ? export : run.directory().resolve("model");
      Path version = RunExport.write(run, result.bestCheckpoint(), target);
      writer.println("Exported to " + version);
    }
    writer.flush();
    return 0;
  }

  private static void report(PrintWriter writer, TrainingRun run, TrainingResult result) {
    writer.printf(
        Locale.ROOT,
        "Top-1 %.2f %% at the end, %.2f %% at best (%s)%s%n",
        100 * result.last().top1(),
        100 * result.bestAccuracy(),
        result.bestCheckpoint().getFileName(),
        result.stepsPerSecond() == 0
            ? "; there was nothing left to train"
            : String.format(Locale.ROOT, "; %.2f steps/s", result.stepsPerSecond()));
    writer.println("Curves, metrics and checkpoints are in " + run.directory());
    writer.println(
        "Next: "
            + CommandLineText.of("export " + run.directory() + " models/" + run.recipe().name()));
    writer.flush();
  }
}
