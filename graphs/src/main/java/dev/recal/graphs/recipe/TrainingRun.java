package dev.recal.graphs.recipe;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.data.OpenSettings;
import dev.recal.graphs.data.PipelineSettings;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A run's directory: {@code recipe.json} with every setting, {@code labels.txt}, {@code
 * checkpoints/}, and the files of the logs.
 *
 * @param directory its path
 * @param recipe for a network of as many classes as there are labels
 * @param labels the class names in the order of the logits
 */
public record TrainingRun(Path directory, Recipe recipe, List<String> labels) {

  /** The file with every setting of the run. */
  public static final String RECIPE = "recipe.json";

  /** The file with the class names, one per line. */
  public static final String LABELS = "labels.txt";

  /** Copies the labels. */
  public TrainingRun {
    labels = List.copyOf(labels);
  }

  /**
   * Creates the directory of a run.
   *
   * @param directory must not exist, or be empty
   * @param data the opened images, which define the number of classes
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the directory is not empty
   */
  public static TrainingRun create(Path directory, Recipe recipe, RecipeData data)
      throws IOException {
    requireEmpty(directory);
    List<String> labels = data.training().classNames();
    Recipe fitted = recipe.withNetwork(recipe.network().withClasses(labels.size()));
    TrainingRun run = new TrainingRun(directory, fitted, labels);
    try {
      write(directory.resolve(LABELS), String.join("\n", labels) + "\n");
      write(directory.resolve(RECIPE), RecipeJson.write(fitted));
    } catch (IOException failure) {
      throw new IOException(
          "The run " + directory + " cannot be written: " + AtomicFiles.reason(failure) + ".",
          failure);
    }
    return run;
  }

  private static void write(Path file, String text) throws IOException {
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
          "out: expected a directory, but " + directory + " is a file.");
    }
    try (var entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        throw new IllegalArgumentException(
            "out: "
                + directory
                + " is not empty; choose another directory, or resume the run with --resume.");
      }
    }
  }

  /**
   * Opens an existing run.
   *
   * @throws IOException if its files cannot be read
   * @throws IllegalArgumentException if there is no run, or its recipe is damaged
   */
  public static TrainingRun open(Path directory) throws IOException {
    Path file = directory.resolve(RECIPE);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "run: " + directory + " is not a run: it has no " + RECIPE + ".");
    }
    Recipe recipe = RecipeJson.read(Files.readString(file), List.of());
    List<String> labels = Files.readAllLines(directory.resolve(LABELS));
    if (labels.size() != recipe.network().classes()) {
      throw new IllegalArgumentException(
          "run: "
              + directory
              + " is damaged: the network has "
              + recipe.network().classes()
              + " classes and "
              + LABELS
              + " has "
              + labels.size()
              + " lines.");
    }
    return new TrainingRun(directory, recipe, labels);
  }

  /** Returns the plan for a trainer. */
  public TrainingPlan plan(RecipeData data) {
    return new TrainingPlan(
        recipe.name(),
        recipe.network(),
        recipe.training(),
        data.training(),
        trainingInput(),
        data.evaluation(),
        evaluationInput(),
        recipe.weights().map(Function.identity()),
        directory);
  }

  private PipelineSettings trainingInput() {
    DataRecipe data = recipe.data();
    int size = data.imageSize();
    return PipelineSettings.training(
            recipe.training().microBatch(),
            size,
            size,
            data.augmentation(),
            recipe.training().seed())
        .withJitter(data.jitter())
        .withMemoryLimitBytes(data.memoryLimitBytes());
  }

  /** Returns how images are prepared for evaluation. */
  public PipelineSettings evaluationInput() {
    DataRecipe data = recipe.data();
    int batch = Math.max(1, Math.min(250, recipe.training().microBatch() * 2));
    return PipelineSettings.evaluation(
            batch, data.imageSize(), data.imageSize(), data.evaluationAugmentation())
        .withMemoryLimitBytes(data.memoryLimitBytes());
  }

  /** Returns the run's checkpoints. */
  public CheckpointDirectory checkpoints() {
    return new CheckpointDirectory(
        directory.resolve(TrainingPlan.CHECKPOINTS), recipe.training().checkpoints().keep());
  }

  /**
   * Opens the evaluation images of the run.
   *
   * @param strict whether unusable files are rejected instead of skipped
   * @throws IOException if they cannot be read
   */
  public DataSet openEvaluation(boolean strict) throws IOException {
    DataRecipe data = recipe.data();
    if (data.evaluation().isPresent()) {
      try (DataSet own = data.evaluation().get().open(opening(data, strict))) {
        return own.withClasses(labels);
      }
    }
    try (DataSet whole = data.training().open(opening(data, strict));
        DataSet.Split split = whole.split(data.holdOut(), recipe.training().seed())) {
      return split.share().withClasses(labels);
    }
  }

  /** Returns how the sources of a recipe are opened. */
  static OpenSettings opening(DataRecipe data, boolean strict) {
    return OpenSettings.defaults().withStrict(strict).withMemoryLimitBytes(data.memoryLimitBytes());
  }

  /** Returns the images that evaluation uses. */
  static DataSet evaluation(DataRecipe data, DataSet training, boolean strict) throws IOException {
    try (DataSet own = data.evaluation().orElseThrow().open(opening(data, strict))) {
      return own.withClasses(training.classNames());
    }
  }
}
