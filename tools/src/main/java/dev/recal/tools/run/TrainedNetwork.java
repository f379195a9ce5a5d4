package dev.recal.tools.run;

import com.google.gson.JsonElement;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.recipe.Recipe;
import dev.recal.graphs.recipe.RecipeJson;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.ops.Variable;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A network with the place of its weights, be it a run or a SavedModel that Recal exported.
 *
 * @param recipe that it was trained with
 * @param labels the class names in the order of the logits
 * @param checkpoint prefix of TensorFlow's checkpoint files
 * @param scope before the names of the variables in them; empty or ending in a slash
 */
public record TrainedNetwork(Recipe recipe, List<String> labels, String checkpoint, String scope) {

  /** Copies the labels. */
  public TrainedNetwork {
    labels = List.copyOf(labels);
  }

  /**
   * Opens a run's directory, with the best of its checkpoints, or a SavedModel.
   *
   * @throws UsageException if the path is neither, or the SavedModel is not one of Recal
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
        CheckpointDirectory.variables(best),
        averaged ? AveragedWeights.SCOPE : "");
  }

  private static TrainedNetwork ofModel(Path path) throws IOException {
    SavedModelDescription model = SavedModelReader.describe(path);
    JsonElement recipe = model.metadata().get("recipe");
    if (recipe == null) {
      throw new UsageException(
          "MODEL: " + path + " was not exported by Recal: its assets.extra name no recipe.");
    }
    return new TrainedNetwork(
        RecipeJson.read(recipe.toString(), List.of()),
        model.labels(),
        model.directory().resolve("variables").resolve("variables").toString(),
        "");
  }

  /** Returns the name under which a variable is stored. */
  public String key(Variable<?> variable) {
    return scope + variable.name();
  }
}
