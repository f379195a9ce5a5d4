package dev.recal.tools.launch;

import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the workers train.
 *
 * @param first the arguments of a worker that starts the run, without those of its cluster
 * @param resumed the arguments of a worker when the run is there
 * @param run the run's directory
 * @param batch the global batch size that the workers share; empty if the recipe has none
 */
public record LaunchedTraining(
    List<String> first, List<String> resumed, Path run, OptionalInt batch) {

  private static final String STEP = "step-";

  /** Copies the arguments. */
  public LaunchedTraining {
    first = List.copyOf(first);
    resumed = List.copyOf(resumed);
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(batch, "batch");
  }

  /** Returns the arguments for the next start. */
  List<String> arguments() {
    // A run without a checkpoint is resumed, too: it then starts from its first step.
    return RunDirectory.isAt(run) ? resumed : first;
  }

  /**
   * Returns the step of the newest checkpoint.
   *
   * @return empty if there is none
   * @throws IOException if the run's directory cannot be read
   */
  OptionalLong newestStep() throws IOException {
    List<Path> checkpoints = CheckpointDirectory.ofRun(run, 1).all();
    return checkpoints.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            Long.parseLong(checkpoints.get(0).getFileName().toString().substring(STEP.length())));
  }
}
