package dev.recal.models.synthesis;

import com.google.gson.JsonElement;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.synthesis.training.SynthesisTask;
import dev.recal.graphs.task.RecipeJson;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A generator with the location of its weights: a run, or a SavedModel exported by Recal.
 *
 * @param recipe that it was trained with
 * @param weights of the generator: the averaged ones
 */
public record TrainedGenerator(SynthesisRecipe recipe, InitialWeights weights) {

  private static final String TASK = new SynthesisTask().name();

  /**
   * Opens a run's directory, with its newest checkpoint, or a SavedModel.
   *
   * @throws IllegalArgumentException if the path is neither, or the SavedModel is not one of Recal
   * @throws IOException if it cannot be read
   */
  public static TrainedGenerator open(Path path) throws IOException {
    if (!RunDirectory.isAt(path, SynthesisRecipe.class)) {
      return ofModel(path);
    }
    RunDirectory<SynthesisRecipe> run = RunDirectory.open(path, SynthesisRecipe.class);
    return of(run, run.checkpoint(Optional.empty()));
  }

  /** A run's generator at one of its checkpoints. */
  static TrainedGenerator of(RunDirectory<SynthesisRecipe> run, Path checkpoint) {
    return new TrainedGenerator(
        run.recipe(),
        new InitialWeights(
            CheckpointDirectory.variables(checkpoint), AveragedWeights.SCOPE, false));
  }

  private static TrainedGenerator ofModel(Path path) throws IOException {
    SavedModelDescription model = SavedModelReader.describe(path);
    JsonElement recipe = model.metadata().get("recipe");
    if (recipe == null || !RecipeJson.task(recipe.toString()).equals(TASK)) {
      throw new IllegalArgumentException(
          "model: "
              + path
              + " is not a generator that Recal exported: its assets.extra contain no recipe of"
              + " synthesis.");
    }
    return new TrainedGenerator(
        RecipeJson.ofModel(recipe, model.directory(), SynthesisRecipe.class),
        new InitialWeights(
            model.directory().resolve("variables").resolve("variables").toString(), "", false));
  }

  /** Returns the network. */
  public FastGanGenerator generator() {
    return recipe.network().generator();
  }

  /** Returns the seed of the run, which determines the network's noise. */
  public long seed() {
    return recipe.training().session().seed();
  }
}
