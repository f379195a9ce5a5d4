package dev.recal.models.weights;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.network.Network;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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
   * @throws IOException if they are missing or damaged, or do not name their network
   * @throws IllegalArgumentException if the run has no checkpoint
   */
  public static NetworkFile open(Path path) throws IOException {
    if (StoredNetwork.isAt(path)) {
      StoredNetwork stored = StoredNetwork.open(path);
      return new NetworkFile(
          stored.description().network(),
          stored.description().imageSize(),
          CheckpointTensors.open(stored.prefix(), ""));
    }
    if (RunDirectory.isAt(path)) {
      RunDirectory<ClassificationRecipe> run = RunDirectory.open(path, ClassificationRecipe.class);
      return of(run, run.checkpoint(Optional.empty()));
    }
    Path run = path.toAbsolutePath().normalize().resolve("../..").normalize();
    if (RunDirectory.isAt(run)) {
      return of(RunDirectory.open(run, ClassificationRecipe.class), path);
    }
    return ofModel(SavedModelReader.describe(path));
  }

  private static NetworkFile of(RunDirectory<ClassificationRecipe> run, Path checkpoint)
      throws IOException {
    CheckpointDirectory.describe(checkpoint);
    return new NetworkFile(
        run.recipe().network(),
        run.recipe().data().imageSize(),
        CheckpointTensors.open(
            CheckpointDirectory.variables(checkpoint), run.task().weightsScope(run.recipe())));
  }

  private static NetworkFile ofModel(SavedModelDescription model) throws IOException {
    JsonObject metadata = model.metadata();
    JsonObject recipe = metadata.get("recipe") instanceof JsonObject object ? object : metadata;
    JsonObject data = recipe.get("data") instanceof JsonObject object ? object : metadata;
    JsonElement network = recipe.get("network");
    if (network == null
        || !(data.get("imageSize") instanceof JsonPrimitive size && size.isNumber())) {
      throw new IOException(
          "The SavedModel "
              + model.directory()
              + " does not record its network in assets.extra/recal.json.");
    }
    Path prefix = model.directory().resolve("variables").resolve("variables");
    return new NetworkFile(
        NetworkJson.read(network.toString()),
        data.get("imageSize").getAsInt(),
        CheckpointTensors.open(prefix.toString(), ""));
  }

  @Override
  public void close() throws IOException {
    tensors.close();
  }
}
