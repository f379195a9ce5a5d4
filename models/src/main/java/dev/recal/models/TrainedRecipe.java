package dev.recal.models;

import com.google.gson.JsonElement;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.task.Tasks;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.models.export.OptimisedExport;
import dev.recal.ops.files.TextFiles;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A recipe with the location of the weights that were trained with it: a run, or a SavedModel
 * exported by Recal.
 *
 * @param recipe that the weights were trained with
 * @param labels the class names; empty if there are none
 * @param weights of the network
 */
public record TrainedRecipe<R extends Recipe>(
    R recipe, List<String> labels, InitialWeights weights) {

  private static final String LABELS = "labels.txt";
  private static final String RECIPE = "recipe";

  /** Copies the labels. */
  public TrainedRecipe {
    labels = List.copyOf(labels);
  }

  /**
   * Returns whether a path is a run's directory, or a SavedModel, of one task.
   *
   * @param type the class of the task's recipes
   * @throws IOException if it cannot be read
   */
  public static boolean isAt(Path path, Class<? extends Recipe> type) throws IOException {
    if (RunDirectory.isAt(path)) {
      return RunDirectory.isAt(path, type);
    }
    JsonElement recipe = SavedModelReader.describe(path).metadata().get(RECIPE);
    String task = recipe == null ? "" : RecipeJson.task(recipe.toString());
    return Tasks.all().stream()
        .anyMatch(known -> known.name().equals(task) && known.recipeType() == type);
  }

  /**
   * Opens a run's directory, with the best of its checkpoints, or a SavedModel.
   *
   * @param type the class of the task's recipes
   * @throws IllegalArgumentException if the path is neither, of another task, or the SavedModel is
   *     not one of Recal
   * @throws IOException if it cannot be read
   */
  public static <R extends Recipe> TrainedRecipe<R> open(Path path, Class<R> type)
      throws IOException {
    return RunDirectory.isAt(path) ? ofRun(path, type) : ofModel(path, type);
  }

  private static <R extends Recipe> TrainedRecipe<R> ofRun(Path directory, Class<R> type)
      throws IOException {
    RunDirectory<R> run = RunDirectory.open(directory, type);
    Path labels = directory.resolve(LABELS);
    return new TrainedRecipe<>(
        run.recipe(),
        Files.exists(labels) ? TextFiles.lines(labels) : List.of(),
        new InitialWeights(
            CheckpointDirectory.variables(run.checkpoint(Optional.empty())),
            run.task().weightsScope(run.recipe()),
            false));
  }

  private static <R extends Recipe> TrainedRecipe<R> ofModel(Path path, Class<R> type)
      throws IOException {
    SavedModelDescription model = SavedModelReader.describe(path);
    JsonElement recipe = model.metadata().get(RECIPE);
    if (recipe == null) {
      throw new IllegalArgumentException(
          "model: " + path + " was not exported by Recal: its assets.extra contain no recipe.");
    }
    if (model.metadata().has(OptimisedExport.MEMBER)) {
      throw new IllegalArgumentException(
          "model: "
              + path
              + " is an optimised export, which has no variables; pass the run or its plain"
              + " export.");
    }
    return new TrainedRecipe<>(
        RecipeJson.ofModel(recipe, model.directory(), type),
        model.labels(),
        new InitialWeights(
            model.directory().resolve("variables").resolve("variables").toString(), "", false));
  }
}
