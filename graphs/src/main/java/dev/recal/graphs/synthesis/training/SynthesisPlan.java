package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.TrainingPlan;
import java.nio.file.Path;

/**
 * The inputs of a training run.
 *
 * @param recipe network and settings
 * @param data the opened images; not closed by the trainer
 * @param distance the distance for reconstructions
 * @param directory where checkpoints and pictures go
 */
public record SynthesisPlan(
    SynthesisRecipe recipe, DataSet data, ImageDistance distance, Path directory) {

  /** Returns the directory of the checkpoints. */
  public CheckpointDirectory checkpoints() {
    return new CheckpointDirectory(
        directory.resolve(TrainingPlan.CHECKPOINTS), recipe.training().intervals().keep());
  }
}
