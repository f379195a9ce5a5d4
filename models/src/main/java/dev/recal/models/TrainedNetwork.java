package dev.recal.models;

import com.google.gson.JsonElement;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.classification.ClassificationTask;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.models.export.OptimisedExport;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A network with the location of its weights: a run, or a SavedModel exported by Recal.
 *
 * @param recipe that it was trained with
 * @param labels the class names in the order of the logits
 * @param weights of the network
 */
public record TrainedNetwork(
    ClassificationRecipe recipe, List<String> labels, InitialWeights weights) {

  /** Copies the labels. */
  public TrainedNetwork {
    labels = List.copyOf(labels);
  }

  /**
   * Opens a run's directory, with the best of its checkpoints, or a SavedModel.
   *
   * @throws IllegalArgumentException if the path is neither, or the SavedModel is not one of Recal
   * @throws IOException if it cannot be read
   */
  public static TrainedNetwork open(Path path) throws IOException {
    return RunDirectory.isAt(path) ? ofRun(path) : ofModel(path);
  }

  private static TrainedNetwork ofRun(Path directory) throws IOException {
    RunDirectory<ClassificationRecipe> run =
        RunDirectory.open(directory, ClassificationRecipe.class);
    return new TrainedNetwork(
        run.recipe(),
        ClassificationTask.labels(directory),
        new InitialWeights(
            CheckpointDirectory.variables(run.checkpoint(Optional.empty())),
            run.task().weightsScope(run.recipe()),
            false));
  }

  private static TrainedNetwork ofModel(Path path) throws IOException {
    SavedModelDescription model = SavedModelReader.describe(path);
    JsonElement recipe = model.metadata().get("recipe");
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
    return new TrainedNetwork(
        RecipeJson.ofModel(recipe, model.directory(), ClassificationRecipe.class),
        model.labels(),
        new InitialWeights(
            model.directory().resolve("variables").resolve("variables").toString(), "", false));
  }
}
