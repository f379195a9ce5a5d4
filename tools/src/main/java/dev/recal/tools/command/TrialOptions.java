package dev.recal.tools.command;

import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.Study;
import dev.recal.tools.console.UsageException;
import picocli.CommandLine.Option;

/** The options of commands that train one recipe several times. */
final class TrialOptions {

  @Option(
      names = "--folds",
      paramLabel = "K",
      description = {
        "Train and evaluate K times, each time on another stratified part of the training images"
            + " (k-fold cross-validation).",
        "The directory holds a run for each; mean and deviation are in results.json and results.md."
      })
  private Integer folds;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Repeat with N seeds, from the recipe's on; with --folds also of the folds.")
  private Integer seeds;

  /** Returns whether there is more than one run. */
  boolean areGiven() {
    return folds != null || seeds != null;
  }

  /** Returns the name of the directory for a recipe of a name. */
  String directory(String name) {
    return areGiven() ? name + (folds == null ? "-seeds" : "-folds") : name;
  }

  /** Returns all runs of a recipe. */
  Study of(Recipe recipe) {
    if (folds != null && folds < 2) {
      throw new UsageException("--folds: expected at least 2, but got " + folds + ".");
    }
    return UsageException.check(
        () -> Study.of(recipe, folds == null ? 0 : folds, seeds == null ? 1 : seeds));
  }
}
