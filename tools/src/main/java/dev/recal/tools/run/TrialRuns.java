package dev.recal.tools.run;

import dev.recal.graphs.files.NewDirectory;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.Study;
import dev.recal.graphs.task.StudyResults;
import dev.recal.graphs.task.StudyTable;
import dev.recal.graphs.task.StudyVariation;
import dev.recal.graphs.task.TrialResult;
import dev.recal.graphs.task.TrialResults;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Table;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Trains the runs of a study one after another, below one directory, and reports mean and
 * deviation. Finished runs are not repeated.
 *
 * @param runs trains each of them
 */
public record TrialRuns(Runs runs) {

  /** Rejects an export, since there is no one best model. */
  public TrialRuns {
    if (runs.export().isPresent()) {
      throw new UsageException(
          "--export: expected a single run; each run of a study can be exported on its own.");
    }
  }

  /**
   * Starts a study, or resumes it where it is there: with the same settings, or fewer variations
   * and seeds.
   *
   * @param directory must not exist, be empty, or hold this study
   * @return whether all runs are finished; otherwise the process was told to end
   * @throws IOException if files cannot be read or written
   */
  public boolean start(Study study, Path directory) throws IOException {
    if (Study.isAt(directory)) {
      if (!study.includes(Study.read(directory))) {
        throw new FailureException(
            "Output "
                + (directory + " is a study with other settings already; resume it (")
                + CommandLineText.of("resume", directory)
                + "), or choose another directory.");
      }
      study.write(directory);
      return run(study, directory);
    }
    Runs.requireNew(directory);
    List<Study.Trial> trials = study.trials();
    try (NewDirectory place = NewDirectory.at(directory)) {
      try {
        study.write(directory);
        return run(study, directory);
      } finally {
        // A start that fails before the first checkpoint leaves nothing behind.
        if (trials.stream().anyMatch(trial -> isThere(directory.resolve(trial.name())))) {
          place.keep();
        }
      }
    }
  }

  // A run that diverged early has no more than its result.
  private static boolean isThere(Path run) {
    return RunDirectory.isAt(run) || TrialResult.isAt(run);
  }

  /**
   * Resumes a study.
   *
   * @return whether all runs are finished; otherwise the process was told to end
   * @throws IOException if files cannot be read or written
   */
  public boolean resume(Path directory) throws IOException {
    return run(Study.read(directory), directory);
  }

  private boolean run(Study study, Path directory) throws IOException {
    PrintWriter out = runs.out();
    List<Study.Trial> trials = study.trials();
    out.println("Study " + directory + ": " + trials.size() + " runs");
    Map<Study.Trial, TrialResult> finished = new LinkedHashMap<>();
    for (Study.Trial trial : trials) {
      Path place = directory.resolve(trial.name());
      boolean done = TrialResult.isAt(place);
      String number = "Run " + (finished.size() + 1) + " of " + trials.size() + ": ";
      out.println(number + trial.name() + (done ? " is finished" : ""));
      out.flush();
      if (!done) {
        Optional<TrialResult> result = train(trial, place);
        if (result.isEmpty()) {
          return false;
        }
        result.get().write(place);
      }
      finished.put(trial, TrialResult.read(place));
      if (!done || finished.size() == trials.size()) {
        // After each run, so that there is something to see.
        StudyResults.of(study, finished).write(directory);
      }
    }
    report(StudyResults.of(study, finished), directory);
    return true;
  }

  // Nothing where the process was told to end.
  private Optional<TrialResult> train(Study.Trial trial, Path place) throws IOException {
    try {
      if (!runs.finish(trial.recipe(), place)) {
        return Optional.empty();
      }
    } catch (FailureException failure) {
      // Of a variation that is a result; the folds of one recipe have no mean without it.
      if (trial.variation().equals(StudyVariation.NONE)
          || !(failure.getCause() instanceof DivergenceException)) {
        throw failure;
      }
      runs.out().println(failure.getMessage());
      return Optional.of(new TrialResult(trial.name(), Map.of()));
    }
    return Optional.of(TrialResult.measure(trial.name(), RunDirectory.open(place), runs.strict()));
  }

  private void report(StudyResults results, Path directory) {
    PrintWriter out = runs.out();
    if (results.comparesVariations()) {
      print(results.table(), out);
      results
          .best()
          .ifPresent(row -> out.println("Best " + results.score() + ": " + row.variation().name()));
    } else {
      results
          .rows()
          .get(0)
          .results()
          .spreads()
          .forEach((metric, spread) -> out.println(metric + " " + spread));
    }
    out.println("Tables are in " + directory.resolve(TrialResults.TABLE));
    if (results.draw(directory)) {
      out.println("Picture: " + directory.resolve(StudyResults.PICTURE));
    }
    out.flush();
  }

  private static void print(StudyTable rows, PrintWriter out) {
    Table table =
        Table.of(
            IntStream.range(0, rows.columns().size())
                .mapToObj(i -> (i < rows.texts() ? "" : ">") + rows.columns().get(i))
                .toArray(String[]::new));
    rows.rows().forEach(row -> table.row(row.toArray(String[]::new)));
    table.print(out);
  }
}
