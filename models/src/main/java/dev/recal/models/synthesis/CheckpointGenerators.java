package dev.recal.models.synthesis;

import dev.recal.graphs.synthesis.training.SynthesisRecipe;
import dev.recal.graphs.task.RunDirectory;
import dev.recal.graphs.training.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** The generators of all checkpoints of a run, opened one after the other. */
public final class CheckpointGenerators {

  private final RunDirectory<SynthesisRecipe> run;
  private final SortedMap<Long, Path> checkpoints = new TreeMap<>();

  /**
   * Finds a run's checkpoints.
   *
   * @throws IOException if the run cannot be read
   */
  public CheckpointGenerators(Path directory) throws IOException {
    run = RunDirectory.open(directory, SynthesisRecipe.class);
    for (Path checkpoint : run.checkpoints().all()) {
      checkpoints.put(CheckpointDirectory.describe(checkpoint).step(), checkpoint);
    }
  }

  /** Returns the checkpoints by their steps. */
  public SortedMap<Long, Path> checkpoints() {
    return new TreeMap<>(checkpoints);
  }

  /**
   * Opens the generator of a checkpoint.
   *
   * @throws IOException if it cannot be read
   */
  public ImageGenerator open(long step) throws IOException {
    return RunGenerator.open(TrainedGenerator.of(run, checkpoints.get(step)));
  }
}
