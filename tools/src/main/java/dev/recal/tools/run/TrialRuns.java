package dev.recal.tools.run;

import dev.recal.graphs.files.NewDirectory;
import dev.recal.graphs.task.CrossValidation;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.TrialResult;
import dev.recal.graphs.task.TrialResults;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains the runs of a cross-validation one after another, below one directory, and reports mean
 * and deviation. Finished runs are not repeated.
 *
 * @param runs trains each of them
 */
public record TrialRuns(Runs runs) {

  /** Rejects an export, since there is no one best model. */
  public TrialRuns {
    if (runs.export().isPresent()) {
      throw new UsageException(
          "--export: expected a single run; each run of a cross-validation can be exported on its"
              + " own.");
    }
  }

  /**
   * Starts a cross-validation.
   *
   * @param directory must not exist, or be empty
   * @return whether all runs are finished; otherwise the process was told to end
   * @throws IOException if files cannot be read or written
   */
  public boolean start(CrossValidation plan, Path directory) throws IOException {
    if (CrossValidation.isAt(directory)) {
      throw new FailureException(
          "Output "
              + (directory + " is a cross-validation already; resume it (")
              + CommandLineText.of("resume", directory)
              + "), or choose another directory.");
    }
    Runs.requireNew(directory);
    try (NewDirectory place = NewDirectory.at(directory)) {
      try {
        plan.write(directory);
        return run(plan, directory);
      } finally {
        // A start that fails before the first checkpoint leaves nothing behind.
        if (plan.trials().stream().anyMatch(t -> RunDirectory.isAt(directory.resolve(t.name())))) {
          place.keep();
        }
      }
    }
  }

  /**
   * Resumes a cross-validation.
   *
   * @return whether all runs are finished; otherwise the process was told to end
   * @throws IOException if files cannot be read or written
   */
  public boolean resume(Path directory) throws IOException {
    return run(CrossValidation.read(directory), directory);
  }

  private boolean run(CrossValidation plan, Path directory) throws IOException {
    PrintWriter out = runs.out();
    List<CrossValidation.Trial> trials = plan.trials();
    out.println("Cross-validation " + directory + ": " + trials.size() + " runs");
    List<TrialResult> results = new ArrayList<>();
    for (int i = 0; i < trials.size(); i++) {
      CrossValidation.Trial trial = trials.get(i);
      Path place = directory.resolve(trial.name());
      boolean finished = TrialResult.isAt(place);
      String end = finished ? " is finished" : "";
      out.println("Run " + (i + 1) + " of " + trials.size() + ": " + trial.name() + end);
      out.flush();
      if (!finished) {
        if (!runs.finish(trial.recipe(), place)) {
          return false;
        }
        TrialResult.measure(trial.name(), RunDirectory.open(place), runs.strict()).write(place);
      }
      results.add(TrialResult.read(place));
      // After each run, so that there is something to see.
      new TrialResults(plan.recipe().name(), results).write(directory);
    }
    new TrialResults(plan.recipe().name(), results)
        .spreads()
        .forEach((metric, spread) -> out.println(metric + " " + spread));
    out.println("Tables are in " + directory.resolve(TrialResults.TABLE));
    out.flush();
    return true;
  }
}
