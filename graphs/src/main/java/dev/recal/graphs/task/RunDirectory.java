package dev.recal.graphs.task;

import com.google.gson.JsonObject;
import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.files.NewDirectory;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.LoopOptions;
import dev.recal.graphs.training.StopSignal;
import dev.recal.graphs.training.TrainingLoop;
import dev.recal.graphs.training.TrainingOutcome;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.files.FileKind;
import dev.recal.ops.files.TemporaryPath;
import dev.recal.ops.files.TextFiles;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A run's directory: {@value #RECIPE} with every setting, {@code checkpoints/}, files of its task,
 * such as a classifier's {@code labels.txt}, and what the logs add.
 *
 * @param directory its path
 * @param task what kind of training it is
 * @param recipe what is trained and how
 * @param <R> the task's recipes
 */
public record RunDirectory<R extends Recipe>(Path directory, Task<R> task, R recipe) {

  /** The file with every setting of the run. */
  public static final String RECIPE = "recipe.json";

  /** Rejects missing parts. */
  public RunDirectory {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(recipe, "recipe");
  }

  /**
   * Makes a run's directory.
   *
   * @param directory must not exist, or be empty
   * @param training the recipe with its opened data
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the directory holds something
   */
  public static <R extends Recipe> RunDirectory<R> create(
      Path directory, PreparedTraining<R> training) throws IOException {
    requireEmpty(directory);
    R recipe = training.recipe();
    try (NewDirectory place = NewDirectory.at(directory)) {
      // The recipe first: from it, resuming writes the others if this process is killed now.
      write(directory.resolve(RECIPE), RecipeJson.write(recipe));
      new RunFiles(directory, training.files()).addMissing();
      place.keep();
    } catch (IOException failure) {
      throw new IOException(
          "The run " + directory + " cannot be written: " + FileFailures.reason(failure) + ".",
          failure);
    }
    return new RunDirectory<>(directory, Tasks.of(recipe), recipe);
  }

  static void write(Path file, String text) throws IOException {
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Rejects a directory for a new run that is not empty.
   *
   * @throws IllegalArgumentException if it is a file, or a directory that is not empty
   */
  public static void requireEmpty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "out: expected a new directory, but " + directory + " is a file.");
    }
    try (var entries = Files.list(directory)) {
      if (entries.anyMatch(entry -> !TemporaryPath.isTemporary(entry))) {
        throw new IllegalArgumentException(
            "out: expected an empty directory, but "
                + directory
                + " is not empty; choose another one, or resume the run.");
      }
    }
  }

  /**
   * Returns whether a directory contains a run of any task. A run's checkpoints hold its recipe
   * too, but are not runs.
   */
  public static boolean isAt(Path directory) {
    return Files.isRegularFile(directory.resolve(RECIPE)) && !CheckpointDirectory.isAt(directory);
  }

  /**
   * Returns whether a directory is a run's of one task.
   *
   * @param type the class of the task's recipes
   * @throws IOException if its recipe cannot be read
   */
  public static boolean isAt(Path directory, Class<? extends Recipe> type) throws IOException {
    return isAt(directory)
        && recipe(directory, text -> Tasks.named(RecipeJson.task(text))).recipeType() == type;
  }

  private static <T> T recipe(Path directory, Function<String, T> reader) throws IOException {
    Path file = directory.resolve(RECIPE);
    String text = TextFiles.read(file);
    return JsonRecords.ofFile(file, () -> reader.apply(text));
  }

  /**
   * Opens a run of any task.
   *
   * @throws IOException if its files cannot be read
   * @throws IllegalArgumentException if there is no run, or its recipe is damaged
   */
  public static RunDirectory<?> open(Path directory) throws IOException {
    if (!isAt(directory)) {
      throw new IllegalArgumentException(
          Files.isRegularFile(directory)
              ? "run: expected the directory of a run, but got " + FileKind.named(directory) + "."
              : "run: " + directory + " is not a run: it has no " + RECIPE + ".");
    }
    return verified(directory, recipe(directory, text -> RecipeJson.read(text, List.of())));
  }

  /**
   * Opens a run of one task.
   *
   * @param type the class of the task's recipes
   * @throws IOException if its files cannot be read
   * @throws IllegalArgumentException if there is no run, it is of another task, or its recipe is
   *     damaged
   */
  public static <R extends Recipe> RunDirectory<R> open(Path directory, Class<R> type)
      throws IOException {
    RunDirectory<?> run = open(directory);
    if (!type.isInstance(run.recipe)) {
      throw new IllegalArgumentException(
          "run: "
              + directory
              + " is a run of the task '"
              + run.task.name()
              + "', not of '"
              + Tasks.all().stream()
                  .filter(task -> task.recipeType() == type)
                  .map(Task::name)
                  .findFirst()
                  .orElse(type.getSimpleName())
              + "'.");
    }
    R recipe = type.cast(run.recipe);
    return new RunDirectory<>(directory, Tasks.of(recipe), recipe);
  }

  private static <R extends Recipe> RunDirectory<R> verified(Path directory, R recipe)
      throws IOException {
    Task<R> task = Tasks.of(recipe);
    RunDirectory<R> run = new RunDirectory<>(directory, task, recipe);
    if (!run.checkpoints().all().isEmpty()) {
      task.verifyFiles(directory, recipe);
    }
    return run;
  }

  /**
   * Opens the recipe's data again.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if files cannot be read, or are rejected
   */
  public PreparedTraining<R> prepare(boolean strict) throws IOException {
    return task.prepare(recipe, strict);
  }

  /** Returns the run's checkpoints. */
  public CheckpointDirectory checkpoints() {
    return CheckpointDirectory.ofRun(directory, task.checkpointsToKeep(recipe));
  }

  /**
   * Returns a checkpoint of the run.
   *
   * @param chosen empty for the best one
   * @throws IOException if all checkpoints are damaged
   * @throws IllegalArgumentException if there is none
   */
  public Path checkpoint(Optional<Path> chosen) throws IOException {
    if (chosen.isPresent()) {
      if (!Files.isDirectory(chosen.get())) {
        throw new IllegalArgumentException(
            "checkpoint: expected the directory of a checkpoint, but there is no "
                + chosen.get()
                + ".");
      }
      return chosen.get();
    }
    return checkpoints()
        .best()
        .orElseThrow(
            () -> new IllegalArgumentException("run: " + directory + " has no checkpoint."));
  }

  /**
   * Trains from the first step, and keeps metrics, curves and event files in the directory.
   *
   * @param training the recipe with its opened data
   * @param console gets progress; closed at the end
   * @throws IOException if data cannot be read or a file cannot be written
   * @throws dev.recal.graphs.training.DivergenceException if training has diverged
   */
  public TrainingOutcome train(PreparedTraining<R> training, TrainingLog console)
      throws IOException {
    return train(training, console, new StopSignal(), Workers.single());
  }

  /**
   * The same, until a stop is requested, with several workers. Workers other than the chief neither
   * read nor write the directory.
   *
   * @param signal stops training from another thread
   * @param workers the processes that train together
   * @throws dev.recal.graphs.training.TrainingStoppedException if training was stopped; a
   *     checkpoint is written
   * @throws dev.recal.graphs.cluster.WorkerLostException if another worker was lost
   */
  @SuppressWarnings("try")
  public TrainingOutcome train(
      PreparedTraining<R> training, TrainingLog console, StopSignal signal, Workers workers)
      throws IOException {
    if (!workers.isChief()) {
      return followed(loop(training, console, signal, workers).run(), workers);
    }
    try (RunLock lock = RunLock.of(directory);
        TrainingLogs log = logs(training, console)) {
      return finished(training, loop(training, log, signal, workers).run(), log, workers);
    }
  }

  /**
   * Resumes from the newest checkpoint that can be read; without any, starts.
   *
   * @param training the recipe with its opened data
   * @param console gets progress; closed at the end
   * @throws IOException also if the checkpoints are damaged, or belong to other data, or a file of
   *     the run, such as a classifier's class names, differs from what the data say
   * @throws dev.recal.graphs.training.DivergenceException if training has diverged
   */
  public TrainingOutcome resume(PreparedTraining<R> training, TrainingLog console)
      throws IOException {
    return resume(training, console, new StopSignal(), Workers.single());
  }

  /**
   * The same, until a stop is requested, with several workers: as many as before, or others.
   * Workers other than the chief neither read nor write the directory.
   *
   * @param signal stops training from another thread
   * @param workers the processes that train together
   * @throws dev.recal.graphs.training.TrainingStoppedException if training was stopped; a
   *     checkpoint is written
   * @throws dev.recal.graphs.cluster.WorkerLostException if another worker was lost
   */
  @SuppressWarnings("try")
  public TrainingOutcome resume(
      PreparedTraining<R> training, TrainingLog console, StopSignal signal, Workers workers)
      throws IOException {
    if (!workers.isChief()) {
      return followed(loop(training, console, signal, workers).resume(), workers);
    }
    try (RunLock lock = RunLock.of(directory);
        TrainingLogs log = logs(training, console)) {
      AtomicFiles.sweep(directory);
      requireSameRecipe();
      RunFiles files = new RunFiles(directory, training.files());
      if (checkpoints().all().isEmpty()) {
        // Those of a start that was killed; what a run with checkpoints has lost is reported.
        files.addMissing();
      }
      files.require();
      return finished(training, loop(training, log, signal, workers).resume(), log, workers);
    }
  }

  /**
   * Returns the run with a changed recipe, which its directory then holds.
   *
   * @param overrides {@code key=value} pairs with dotted keys
   * @param data where the recipe's data is now, if it was moved
   * @throws IOException if the directory cannot be read or written
   * @throws IllegalArgumentException if more would change than may when a run is resumed, or the
   *     data is not there
   */
  public RunDirectory<R> changed(List<String> overrides, Optional<Path> data) throws IOException {
    JsonObject json = task.write(task.read(task.write(recipe), overrides));
    if (data.isPresent()) {
      json = MovedData.find(json, data.get());
    }
    RunDirectory<R> changed = new RunDirectory<>(directory, task, task.read(json, List.of()));
    changed.requireSameRecipe();
    write(directory.resolve(RECIPE), RecipeJson.write(changed.recipe));
    return changed;
  }

  // Older checkpoints hold no recipe; what they hold is compared by names and shapes.
  private void requireSameRecipe() throws IOException {
    Optional<String> text = checkpoints().file(RECIPE);
    if (text.isEmpty()) {
      return;
    }
    List<String> refused =
        RecipeChanges.refused(
            RecipeJson.object(RecipeJson.read(text.get(), List.of())), RecipeJson.object(recipe));
    if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "recipe: the checkpoints of "
              + directory
              + " were trained with another "
              + String.join(", ", refused)
              + "; when a run is resumed, only "
              + RecipeChanges.allowed()
              + " may change. Start a new run from its weights instead.");
    }
  }

  private TrainingOutcome finished(
      PreparedTraining<R> training, TrainingOutcome outcome, TrainingLog log, Workers workers)
      throws IOException {
    workers.byChief(() -> training.finish(directory, outcome).forEach(log::message));
    return outcome;
  }

  private static TrainingOutcome followed(TrainingOutcome outcome, Workers workers)
      throws IOException {
    workers.byChief(() -> {});
    return outcome;
  }

  private TrainingLoop loop(
      PreparedTraining<R> training, TrainingLog log, StopSignal signal, Workers workers) {
    LoopOptions options =
        new LoopOptions(
            Map.of(RECIPE, RecipeJson.write(training.recipe())),
            signal,
            workers,
            RecipeChanges.commonToWorkers(RecipeJson.object(training.recipe())));
    return new TrainingLoop(training.plan(directory), log, options);
  }

  private TrainingLogs logs(PreparedTraining<R> training, TrainingLog console) {
    Map<String, String> settings = ComparedRun.settings(training.recipe());
    return TrainingLogs.inDirectory(directory, console, training.curves(), settings);
  }
}
