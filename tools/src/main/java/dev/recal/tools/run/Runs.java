package dev.recal.tools.run;

import dev.recal.graphs.cluster.WorkerLostException;
import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.data.SkippedItem;
import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.graphs.files.NewDirectory;
import dev.recal.graphs.logs.ConsoleLogs;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.style.training.StyleRecipe;
import dev.recal.graphs.synthesis.oneshot.training.OneShotRecipe;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.PreparedTraining;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.Tasks;
import dev.recal.graphs.training.DivergenceException;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.graphs.training.TrainingStoppedException;
import dev.recal.models.export.RunExport;
import dev.recal.models.faces.RunVerification;
import dev.recal.ops.Counted;
import dev.recal.savedmodels.SavedModelWriter;
import dev.recal.tools.console.CommandLineText;
import dev.recal.tools.console.FailureException;
import dev.recal.tools.console.Outputs;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Trains in a run's directory, for any task, and prints progress.
 *
 * @param out gets text
 * @param plain whether progress is plain lines even on a terminal
 * @param strict whether unusable files are rejected instead of skipped
 * @param export where the best weights are exported to at the end
 * @param workers the processes that train together; only the chief writes
 */
public record Runs(
    PrintWriter out, boolean plain, boolean strict, Optional<Path> export, Workers workers) {

  private static final int NAMED = 5;

  /** Training in one process. */
  public Runs(PrintWriter out, boolean plain, boolean strict, Optional<Path> export) {
    this(out, plain, strict, export, Workers.single());
  }

  /** Returns the same with several processes. */
  public Runs with(Workers processes) {
    return new Runs(out, plain, strict, export, processes);
  }

  /** Returns {@code runs/NAME}, or the first free {@code runs/NAME-2}, {@code runs/NAME-3} … */
  public static Path free(String name) {
    Path runs = Path.of("runs");
    Path candidate = runs.resolve(name);
    for (int number = 2; Files.exists(candidate); number++) {
      candidate = runs.resolve(name + "-" + number);
    }
    return candidate;
  }

  /** Prints the skipped files with reasons; nothing if there are none. */
  public static void describeSkipped(PrintWriter out, List<SkippedItem> skipped) {
    if (!skipped.isEmpty()) {
      out.println("Skipped " + Counted.of(skipped.size(), "file") + ":");
      skipped.stream().limit(NAMED).forEach(item -> out.println("  " + item + "."));
      if (skipped.size() > NAMED) {
        out.println("  and " + (skipped.size() - NAMED) + " more");
      }
    }
  }

  /**
   * Starts a run. Outputs are tried first, and a start that fails before the first checkpoint
   * leaves nothing behind.
   *
   * @param directory must not exist, or be empty; made when the recipe's data is open
   * @throws IOException if files cannot be read or written
   */
  public <R extends Recipe> void start(R recipe, Path directory) throws IOException {
    if (!workers.isChief()) {
      follow(new RunDirectory<>(directory, Tasks.of(recipe), recipe), false);
      return;
    }
    requireNew(directory);
    requireExport();
    started(recipe, directory, true);
  }

  /**
   * Starts a run that is one of several, or resumes it if it is there.
   *
   * @return whether it is finished; otherwise the process was told to end
   * @throws IOException if files cannot be read or written
   */
  public <R extends Recipe> boolean finish(R recipe, Path directory) throws IOException {
    return RunDirectory.isAt(directory)
        ? resumed(RunDirectory.open(directory), false)
        : started(recipe, directory, false);
  }

  private <R extends Recipe> boolean started(R recipe, Path directory, boolean report)
      throws IOException {
    try (PreparedTraining<R> training = Tasks.of(recipe).prepare(recipe, strict);
        NewDirectory place = NewDirectory.at(directory)) {
      RunDirectory<R> run = RunDirectory.create(directory, training);
      Optional<TrainingOutcome> outcome = train(run, training, place);
      if (report && outcome.isPresent()) {
        workers.byChief(() -> complete(run, outcome.get()));
      }
      return outcome.isPresent();
    }
  }

  // Takes part in a run whose directory is the chief's.
  private <R extends Recipe> void follow(RunDirectory<R> run, boolean resume) throws IOException {
    try (PreparedTraining<R> training = run.prepare(strict)) {
      out.println("Worker " + workers.index() + " of the run " + run.directory());
      out.flush();
      if (train(run, training, new TrainingLog.Silent(), resume).isPresent()) {
        // A worker that has ended could not take part again if the chief's last work failed.
        workers.byChief(() -> {});
      }
    }
  }

  /**
   * Refuses a directory that a run cannot have.
   *
   * @throws FailureException if it holds something, or cannot be written
   */
  public static void requireNew(Path directory) throws IOException {
    if (RunDirectory.isAt(directory)) {
      throw new FailureException(
          "Output "
              + (directory + " is a run already; resume it (")
              + CommandLineText.of("resume", directory)
              + "), or choose another directory.");
    }
    Outputs.requireNew(directory);
  }

  private void requireExport() throws IOException {
    if (export.isPresent()) {
      SavedModelWriter.requireWritable(export.get());
    }
  }

  /**
   * Trains from the first step.
   *
   * @param place the run's directory, which is kept from the first checkpoint on
   * @return nothing where the process was told to end; the run can be resumed
   * @throws FailureException if training diverged
   */
  public <R extends Recipe> Optional<TrainingOutcome> train(
      RunDirectory<R> run, PreparedTraining<R> training, NewDirectory place) throws IOException {
    try {
      return train(run, training, false);
    } finally {
      if (!run.checkpoints().all().isEmpty()) {
        place.keep();
      }
    }
  }

  /**
   * Resumes a run.
   *
   * @param directory the run's
   * @throws IOException if files cannot be read or written, or belong to other data
   */
  public void resume(Path directory) throws IOException {
    resume(RunDirectory.open(directory));
  }

  /**
   * Resumes a run with a changed recipe.
   *
   * @param directory the run's
   * @param overrides {@code key=value} pairs, of what may change when a run is resumed
   * @param data where the recipe's data is now, if it was moved
   * @throws IOException if files cannot be read or written, or belong to other data
   */
  public void resume(Path directory, List<String> overrides, Optional<Path> data)
      throws IOException {
    resume(changed(RunDirectory.open(directory), overrides, data));
  }

  private static <R extends Recipe> RunDirectory<R> changed(
      RunDirectory<R> run, List<String> overrides, Optional<Path> data) throws IOException {
    return overrides.isEmpty() && data.isEmpty()
        ? run
        : UsageException.check(() -> run.changed(overrides, data));
  }

  private <R extends Recipe> void resume(RunDirectory<R> run) throws IOException {
    if (!workers.isChief()) {
      follow(run, true);
      return;
    }
    requireExport();
    resumed(run, true);
  }

  private <R extends Recipe> boolean resumed(RunDirectory<R> run, boolean report)
      throws IOException {
    try (PreparedTraining<R> training = run.prepare(strict)) {
      Optional<TrainingOutcome> outcome = train(run, training, true);
      if (report && outcome.isPresent()) {
        workers.byChief(() -> complete(run, outcome.get()));
      }
      return outcome.isPresent();
    }
  }

  private <R extends Recipe> Optional<TrainingOutcome> train(
      RunDirectory<R> run, PreparedTraining<R> training, boolean resume) throws IOException {
    training.description().forEach(out::println);
    describeSkipped(out, training.skipped());
    out.println("Run " + run.directory());
    out.flush();
    return train(run, training, ConsoleLogs.choose(System.out, plain), resume);
  }

  private <R extends Recipe> Optional<TrainingOutcome> train(
      RunDirectory<R> run, PreparedTraining<R> training, TrainingLog console, boolean resume)
      throws IOException {
    Runnable overdue = () -> console.message(Resumption.afterGrace(run, GracefulStop.GRACE));
    try (GracefulStop stop = new GracefulStop(GracefulStop.GRACE, overdue)) {
      try {
        return Optional.of(
            resume
                ? run.resume(training, console, stop.signal(), workers)
                : run.train(training, console, stop.signal(), workers));
      } catch (TrainingStoppedException stopped) {
        if (!stop.signal().isRequested()) {
          throw new WorkerLostException(
              "Another worker was told to stop, at step "
                  + stopped.step()
                  + ", where the checkpoint is. Start all workers again to resume.",
              stopped);
        }
        // The process ends as soon as the stop is closed.
        if (workers.isChief()) {
          out.println(stopped.getMessage() + " " + Resumption.sentence(run.directory()));
          out.flush();
        }
        return Optional.empty();
      }
    } catch (DivergenceException diverged) {
      throw new FailureException(diverged.getMessage(), diverged);
    }
  }

  private <R extends Recipe> void complete(RunDirectory<R> run, TrainingOutcome outcome)
      throws IOException {
    out.printf(
        Locale.ROOT,
        "%s done%s%n",
        Counted.of(outcome.steps(), "step"),
        outcome.stepsPerSecond() == 0
            ? "; training was already complete"
            : String.format(Locale.ROOT, ", %.2f steps/s", outcome.stepsPerSecond()));
    RunVerification.of(run, outcome.checkpoint(), strict)
        .map(RunVerification::text)
        .ifPresent(out::println);
    out.println("Curves, metrics and checkpoints are in " + run.directory());
    if (export.isPresent()) {
      out.println("Exported to " + RunExport.write(run, outcome.checkpoint(), export.get()));
    }
    nextCommands(run).forEach(line -> out.println("Next: " + CommandLineText.of(line)));
    out.flush();
  }

  // The words of each command.
  private List<List<?>> nextCommands(RunDirectory<?> run) {
    List<?> exporting = List.of("export", run.directory(), "models/" + run.recipe().name());
    if (run.recipe() instanceof SynthesisRecipe) {
      List<?> sampling =
          List.of("synthesize", "sample", run.directory(), "--count", "64", "--out", "samples.png");
      return export.isPresent() ? List.of(sampling) : List.of(sampling, exporting);
    }
    if (run.recipe() instanceof OneShotRecipe) {
      List<?> sampling =
          List.of("oneshot", "sample", run.directory(), "--count", "16", "--out", "samples.png");
      return export.isPresent() ? List.of(sampling) : List.of(sampling, exporting);
    }
    if (run.recipe() instanceof StyleRecipe) {
      List<?> applying = List.of("style", "apply", run.directory(), "FOLDER", "--out", "stylized");
      return export.isPresent() ? List.of(applying) : List.of(applying, exporting);
    }
    if (run.recipe() instanceof DetectionRecipe) {
      List<?> predicting = List.of("predict", run.directory(), "FOLDER", "--draw", "drawn");
      return export.isPresent() ? List.of(predicting) : List.of(predicting, exporting);
    }
    return export.isPresent() ? List.of() : List.of(exporting);
  }
}
