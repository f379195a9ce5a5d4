package dev.recal.tools.synthesis;

import com.google.gson.JsonElement;
import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.synthesis.FastGanGenerator;
import dev.recal.graphs.synthesis.training.SynthesisJson;
import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.synthesis.training.SynthesisRun;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.savedmodels.SavedModelDescription;
import dev.recal.savedmodels.SavedModelReader;
import dev.recal.tools.console.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A generator with the location of its weights: a run, or a SavedModel exported by Recal.
 *
 * @param recipe that it was trained with
 * @param weights of the generator: the averaged ones
 */
public record TrainedGenerator(SynthesisRecipe recipe, InitialWeights weights) {

  /**
   * Opens a run's directory, with its newest checkpoint, or a SavedModel.
   *
   * @throws UsageException if the path is neither, or the SavedModel was not exported by Recal
   * @throws IOException if it cannot be read
   */
  public static TrainedGenerator open(Path path) throws IOException {
    if (!SynthesisRun.isAt(path)) {
      return ofModel(path);
    }
    SynthesisRun run = SynthesisRun.open(path);
    Path newest =
        run.checkpoints()
            .best()
            .orElseThrow(() -> new UsageException("MODEL: " + path + " has no checkpoint."));
    return of(run, newest);
  }

  /** A run's generator at one of its checkpoints. */
  static TrainedGenerator of(SynthesisRun run, Path checkpoint) {
    return new TrainedGenerator(
        run.recipe(),
        new InitialWeights(
            CheckpointDirectory.variables(checkpoint), AveragedWeights.SCOPE, false));
  }

  private static TrainedGenerator ofModel(Path path) throws IOException {
    SavedModelDescription model = SavedModelReader.describe(path);
    JsonElement recipe = model.metadata().get("recipe");
    if (recipe == null || !SynthesisJson.isOne(recipe.toString())) {
      throw new UsageException(
          "MODEL: "
              + path
              + " is not a generator exported by Recal: its assets.extra contain no synthesis"
              + " recipe.");
    }
    return new TrainedGenerator(
        SynthesisJson.read(recipe.toString(), List.of()),
        new InitialWeights(
            model.directory().resolve("variables").resolve("variables").toString(), "", false));
  }

  /** Returns the network. */
  public FastGanGenerator generator() {
    return recipe.network().generator();
  }

  /** Returns the seed of the run, which determines the network's noise. */
  public long seed() {
    return recipe.training().seed();
  }
}
