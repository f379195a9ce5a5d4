package dev.recal.graphs.training;

import dev.recal.graphs.logs.TrainingLog;
import java.io.IOException;
import java.nio.file.Path;

/** Reviews a checkpoint's weights without training. */
public final class CheckpointReview {

  private CheckpointReview() {}

  /**
   * Opens the stage that a checkpoint belongs to, restores it and reviews it.
   *
   * @param plan of the run
   * @param log for what the review reports
   * @throws IOException if checkpoint or data cannot be read, or do not belong together
   */
  public static Review of(TrainingPlan plan, Path checkpoint, TrainingLog log) throws IOException {
    CheckpointState state = CheckpointDirectory.read(checkpoint);
    TrainingLoop loop = new TrainingLoop(plan, log);
    try (StageRun stage = loop.open(checkpoint, state)) {
      return stage.lastReview(stage.restore(checkpoint, state));
    }
  }
}
