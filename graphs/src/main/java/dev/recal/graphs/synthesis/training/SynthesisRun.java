package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.logs.AdversarialCurves;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.logs.TrainingLogs;
import dev.recal.graphs.recipe.TrainingRun;
import dev.recal.graphs.synthesis.loss.ImageDistance;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.training.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run's directory: {@code recipe.json} with every setting, {@code checkpoints/}, {@code
 * samples/}, {@code reconstructions/}, and the files of the logs.
 *
 * @param directory its path
 * @param recipe what is trained and how
 */
public record SynthesisRun(Path directory, SynthesisRecipe recipe) {

  /**
   * Creates the directory of a run.
   *
   * @param directory must not exist, or be empty
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the directory is not empty
   */
  public static SynthesisRun create(Path directory, SynthesisRecipe recipe) throws IOException {
    TrainingRun.requireEmpty(directory);
    try {
      AtomicFiles.write(
          directory.resolve(TrainingRun.RECIPE),
          SynthesisJson.write(recipe).getBytes(StandardCharsets.UTF_8));
    } catch (IOException failure) {
      throw new IOException(
          "The run " + directory + " cannot be written: " + AtomicFiles.reason(failure) + ".",
          failure);
    }
    return new SynthesisRun(directory, recipe);
  }

  /**
   * Returns whether a directory is a synthesis run.
   *
   * @throws IOException if its recipe cannot be read
   */
  public static boolean isAt(Path directory) throws IOException {
    Path file = directory.resolve(TrainingRun.RECIPE);
    return Files.isRegularFile(file) && SynthesisJson.isOne(Files.readString(file));
  }

  /**
   * Opens an existing run.
   *
   * @throws IOException if its files cannot be read
   * @throws IllegalArgumentException if there is no run, or its recipe is damaged
   */
  public static SynthesisRun open(Path directory) throws IOException {
    if (!isAt(directory)) {
      throw new IllegalArgumentException(
          "run: "
              + directory
              + " is not a synthesis run: it has no "
              + TrainingRun.RECIPE
              + " of one.");
    }
    String text = Files.readString(directory.resolve(TrainingRun.RECIPE));
    return new SynthesisRun(directory, SynthesisJson.read(text, List.of()));
  }

  /**
   * Returns the plan for a trainer.
   *
   * @param data the opened images
   * @param distance the recipe's, opened
   */
  public SynthesisPlan plan(DataSet data, ImageDistance distance) {
    return new SynthesisPlan(recipe, data, distance, directory);
  }

  /**
   * Returns the logs of the run, in addition to a log for the console: metrics, curves and event
   * files.
   */
  public TrainingLogs logs(TrainingLog console) {
    return TrainingLogs.inDirectory(directory, console, AdversarialCurves::draw);
  }

  /** Returns the run's checkpoints. */
  public CheckpointDirectory checkpoints() {
    return new CheckpointDirectory(
        directory.resolve(TrainingPlan.CHECKPOINTS), recipe.training().intervals().keep());
  }
}
