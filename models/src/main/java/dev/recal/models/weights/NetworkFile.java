package dev.recal.models.weights;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.recal.graphs.classification.ClassificationRecipe;
import dev.recal.graphs.detection.DetectorArchitecture;
import dev.recal.graphs.detection.DetectorJson;
import dev.recal.graphs.detection.StoredDetector;
import dev.recal.graphs.detection.training.DetectionRecipe;
import dev.recal.graphs.network.NetworkJson;
import dev.recal.graphs.task.Recipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.Architecture;
import dev.recal.graphs.weights.StoredModel;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A network or detector and its weights, in any form written by this project.
 *
 * @param architecture what the weights belong to
 * @param imageSize rows and columns of its images
 * @param tensors its variables under their own names
 */
public record NetworkFile(Architecture architecture, int imageSize, TensorFile tensors)
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
      return of(StoredNetwork.open(path));
    }
    if (StoredDetector.isAt(path)) {
      return of(StoredDetector.open(path));
    }
    if (RunDirectory.isAt(path)) {
      RunDirectory<?> run = RunDirectory.open(path);
      return of(run, run.checkpoint(Optional.empty()));
    }
    Path run = path.toAbsolutePath().normalize().resolve("../..").normalize();
    if (RunDirectory.isAt(run)) {
      return of(RunDirectory.open(run), path);
    }
    return ofModel(SavedModelReader.describe(path));
  }

  private static NetworkFile of(StoredModel stored) throws IOException {
    return new NetworkFile(
        stored.architecture(), stored.imageSize(), CheckpointTensors.open(stored.prefix(), ""));
  }

  private static <R extends Recipe> NetworkFile of(RunDirectory<R> run, Path checkpoint)
      throws IOException {
    Architecture architecture;
    int imageSize;
    if (run.recipe() instanceof DetectionRecipe recipe) {
      architecture = new DetectorArchitecture(recipe.network());
      imageSize = DetectorArchitecture.IMAGE_SIZE;
    } else {
      ClassificationRecipe recipe =
          RunDirectory.open(run.directory(), ClassificationRecipe.class).recipe();
      architecture = Architecture.of(recipe.network());
      imageSize = recipe.data().imageSize();
    }
    CheckpointDirectory.describe(checkpoint);
    return new NetworkFile(
        architecture,
        imageSize,
        CheckpointTensors.open(
            CheckpointDirectory.variables(checkpoint), run.task().weightsScope(run.recipe())));
  }

  private static NetworkFile ofModel(SavedModelDescription model) throws IOException {
    JsonObject metadata = model.metadata();
    JsonObject recipe = metadata.get("recipe") instanceof JsonObject object ? object : metadata;
    JsonObject data = recipe.get("data") instanceof JsonObject object ? object : metadata;
    JsonElement network = recipe.get("network");
    Path prefix = model.directory().resolve("variables").resolve("variables");
    if (network != null && DetectorJson.describes(network)) {
      return new NetworkFile(
          new DetectorArchitecture(DetectorJson.read(network.toString())),
          DetectorArchitecture.IMAGE_SIZE,
          CheckpointTensors.open(prefix.toString(), ""));
    }
    if (network == null
        || !(data.get("imageSize") instanceof JsonPrimitive size && size.isNumber())) {
      throw new IOException(
          "The SavedModel "
              + model.directory()
              + " does not record its network in assets.extra/recal.json.");
    }
    return new NetworkFile(
        Architecture.of(NetworkJson.read(network.toString())),
        data.get("imageSize").getAsInt(),
        CheckpointTensors.open(prefix.toString(), ""));
  }

  @Override
  public void close() throws IOException {
    tensors.close();
  }
}
