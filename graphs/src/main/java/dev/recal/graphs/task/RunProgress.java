package dev.recal.graphs.task;

import dev.recal.graphs.logs.MetricsHistory;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.CheckpointSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a run has come.
 *
 * @param step optimiser steps of its newest complete checkpoint
 * @param steps optimiser steps that it was to have when it was last started or resumed
 */
public record RunProgress(long step, long steps) {

  private static final String PATIENCE = "patience";

  /**
   * Returns the progress of an unfinished run; empty if it is finished, also by early stopping, or
   * if it has no checkpoint or no metrics.
   *
   * @throws IOException if the run cannot be read
   */
  public static Optional<RunProgress> ofUnfinished(RunDirectory<?> run) throws IOException {
    Path metrics = run.directory().resolve(TrainingLogs.METRICS_FILE);
    Optional<Path> newest = run.checkpoints().newest();
    if (newest.isEmpty() || !Files.isRegularFile(metrics)) {
      return Optional.empty();
    }
    CheckpointSummary checkpoint = CheckpointDirectory.describe(newest.get());
    RunProgress progress =
        new RunProgress(checkpoint.step(), MetricsHistory.read(metrics).plannedSteps());
    return Optional.of(progress)
        .filter(found -> found.step < found.steps && !endedEarly(run.recipe(), checkpoint));
  }

  // Tasks call this setting alike, see RecipeChanges.
  private static boolean endedEarly(Recipe recipe, CheckpointSummary checkpoint) {
    Map<String, String> settings = ComparedRun.settings(recipe);
    return Stream.of(PATIENCE, "training." + PATIENCE)
        .filter(settings::containsKey)
        .anyMatch(key -> checkpoint.reviewsSinceBest() >= Integer.parseInt(settings.get(key)));
  }

  /** Returns {@code "step 12 of 264"}. */
  @Override
  public String toString() {
    return "step " + step + " of " + steps;
  }
}
