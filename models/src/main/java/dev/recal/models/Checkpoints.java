package dev.recal.models;

import dev.recal.graphs.training.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Which of a run's checkpoints is used. */
public final class Checkpoints {

  private Checkpoints() {}

  /**
   * Returns a run's best checkpoint; the newest where checkpoints have no score.
   *
   * @param model the run's directory
   * @param checkpoints the run's
   * @throws IOException if the directory cannot be read
   * @throws IllegalArgumentException if there is none
   */
  public static Path best(Path model, CheckpointDirectory checkpoints) throws IOException {
    return checkpoints
        .best()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "model: expected a run with a checkpoint, but " + model + " has none."));
  }

  /**
   * Returns the checkpoint that is named, or the best one.
   *
   * @param model the run's directory
   * @param checkpoints the run's
   * @param checkpoint a checkpoint's directory
   * @throws IOException if the run's directory cannot be read
   * @throws IllegalArgumentException if there is no such directory, or no checkpoint
   */
  public static Path choose(Path model, CheckpointDirectory checkpoints, Optional<Path> checkpoint)
      throws IOException {
    if (checkpoint.isEmpty()) {
      return best(model, checkpoints);
    }
    if (!Files.isDirectory(checkpoint.get())) {
      throw new IllegalArgumentException(
          "checkpoint: expected a checkpoint's directory, but got "
              + checkpoint.get()
              + ", which does not exist.");
    }
    return checkpoint.get();
  }
}
