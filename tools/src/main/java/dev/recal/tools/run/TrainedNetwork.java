package dev.recal.tools.run;

import com.google.gson.JsonElement;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.recipe.Recipe;
import dev.recal.graphs.recipe.RecipeJson;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A network with the location of its weights: a run, or a SavedModel exported by Recal.
 *
 * @param recipe that it was trained with
 * @param labels the class names in the order of the logits
 * @param weights of the network
 */
public record TrainedNetwork(Recipe recipe, List<String> labels, InitialWeights weights) {

  /** Copies the labels. */
  public TrainedNetwork {
    labels = List.copyOf(labels);
  }

  /**
   * Opens a run's directory, with the best of its checkpoints, or a SavedModel.
   *
   * @throws UsageException if the path is neither, or the SavedModel was not exported by Recal
   * @throws IOException if it cannot be read
   */
  public static TrainedNetwork open(Path path) throws IOException {
    return Files.isRegularFile(path.resolve(TrainingRun.RECIPE)) ? ofRun(path) : ofModel(path);
  }

  private static TrainedNetwork ofRun(Path directory) throws IOException {
    TrainingRun run = TrainingRun.open(directory);
    Path best =
        run.checkpoints()
            .best()
            .orElseThrow(() -> new UsageException("MODEL: " + directory + " has no checkpoint."));
    boolean averaged = run.recipe().training().average().isPresent();
    return new TrainedNetwork(
        run.recipe(),
        run.labels(),
        new InitialWeights(
            CheckpointDirectory.variables(best), averaged ? AveragedWeights.SCOPE : "", false));
  }

  private static TrainedNetwork ofModel(Path path) throws IOException {
    SavedModelDescription model = SavedModelReader.describe(path);
    JsonElement recipe = model.metadata().get("recipe");
    if (recipe == null) {
      throw new UsageException(
          "MODEL: " + path + " was not exported by Recal: its assets.extra contain no recipe.");
    }
    if (model.metadata().has(OptimisedExport.MEMBER)) {
      throw new UsageException(
          "MODEL: "
              + path
              + " is an optimised export, which has no variables; pass the run or its plain"
              + " export.");
    }
    return new TrainedNetwork(
        RecipeJson.read(recipe.toString(), List.of()),
        model.labels(),
        new InitialWeights(
            model.directory().resolve("variables").resolve("variables").toString(), "", false));
  }
}
