package dev.recal.tools.weights;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.recipe.RecipeJson;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.tools.console.FailureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A network and its weights, in any form written by this project.
 *
 * @param network the settings
 * @param imageSize rows and columns of its images
 * @param tensors its variables under their own names
 */
public record NetworkFile(Network network, int imageSize, TensorFile tensors)
    implements AutoCloseable {

  /**
   * Opens weights.
   *
   * @param path imported weights, a run (its best checkpoint), a checkpoint of a run, or a
   *     SavedModel
   * @throws IOException if they are missing or damaged
   * @throws FailureException if their network is not recorded
   */
  public static NetworkFile open(Path path) throws IOException {
    if (StoredNetwork.isAt(path)) {
      StoredNetwork stored = StoredNetwork.open(path);
      return new NetworkFile(
          stored.description().network(),
          stored.description().imageSize(),
          CheckpointTensors.open(stored.prefix(), ""));
    }
    if (Files.isRegularFile(path.resolve(TrainingRun.RECIPE))) {
      TrainingRun run = TrainingRun.open(path);
      return of(
          run,
          run.checkpoints()
              .best()
              .orElseThrow(() -> new FailureException("The run " + path + " has no checkpoint.")));
    }
    Path run = path.toAbsolutePath().normalize().resolve("../..").normalize();
    if (Files.isRegularFile(run.resolve(TrainingRun.RECIPE))) {
      return of(TrainingRun.open(run), path);
    }
    return ofModel(SavedModelReader.describe(path));
  }

  private static NetworkFile of(TrainingRun run, Path checkpoint) throws IOException {
    CheckpointDirectory.describe(checkpoint);
    boolean averaged = run.recipe().training().average().isPresent();
    return new NetworkFile(
        run.recipe().network(),
        run.recipe().data().imageSize(),
        CheckpointTensors.open(
            CheckpointDirectory.variables(checkpoint), averaged ? AveragedWeights.SCOPE : ""));
  }

  private static NetworkFile ofModel(SavedModelDescription model) throws IOException {
    JsonObject metadata = model.metadata();
    JsonObject recipe = metadata.getAsJsonObject("recipe");
    JsonElement network = recipe == null ? metadata.get("network") : recipe.get("network");
    JsonElement size =
        recipe == null
            ? metadata.get("imageSize")
            : recipe.getAsJsonObject("data").get("imageSize");
    if (network == null || size == null) {
      throw new FailureException(
          "The SavedModel "
              + model.directory()
              + " does not record its network in assets.extra/recal.json.");
    }
    Path prefix = model.directory().resolve("variables").resolve("variables");
    return new NetworkFile(
        RecipeJson.readNetwork(network.toString()),
        size.getAsInt(),
        CheckpointTensors.open(prefix.toString(), ""));
  }

  @Override
  public void close() throws IOException {
    tensors.close();
  }
}
