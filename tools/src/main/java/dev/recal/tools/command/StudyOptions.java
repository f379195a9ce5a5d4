package dev.recal.tools.command;

import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.Study;
import dev.recal.graphs.task.StudyVariation;
import dev.recal.tools.console.UsageException;
import dev.recal.tools.run.Runs;
import dev.recal.tools.run.TrialRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of commands that train variations of one recipe. */
final class StudyOptions {

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Train each with N seeds, from the recipe's on (1).")
  private Integer seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Directory of the runs and results. The command that made it resumes it, also with more"
              + " variations and seeds (default: runs/RECIPE-STUDY).")
  private Path out;

  @Mixin private RunOptions options = new RunOptions();

  @Mixin private RecipeOptions settings = new RecipeOptions();

  /** Returns the directory given by {@code --out}, or the default one. */
  Path directory(String name) {
    return out == null ? Path.of("runs").resolve(name) : out;
  }

  /** Returns what trains. */
  Runs runs(PrintWriter writer) {
    return options.runs(writer);
  }

  /** Returns whether there are options that only training has. */
  boolean trains() {
    return seeds != null || settings.changesSettings() || settings.hasBase();
  }

  /** Reads a recipe with its settings changed and its paths absolute. */
  Recipe read(String recipe) throws IOException {
    return settings.located(settings.read(recipe, List.of()));
  }

  /**
   * Makes a study of a recipe.
   *
   * @param variations of the recipe; one that it cannot have is a usage error
   */
  Study study(Recipe recipe, Function<Recipe, List<StudyVariation>> variations) {
    return UsageException.check(
        () -> {
          Study study = Study.of(recipe, variations.apply(recipe), 0, seeds == null ? 1 : seeds);
          study.trials();
          return study;
        });
  }

  /**
   * Trains what is missing, and reports.
   *
   * @return whether all runs are finished; otherwise the process was told to end
   */
  boolean train(Study study, Path directory, PrintWriter writer) throws IOException {
    return new TrialRuns(runs(writer)).start(study, directory);
  }
}
