package dev.recal.graphs.recipe;

import dev.recal.graphs.optimisation.AveragedWeights;
import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.graphs.weights.StoredNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The initial weights of a run.
 *
 * @param path imported weights, a run (its best checkpoint), or a directory of a checkpoint
 * @param newHead whether the head starts from scratch, as it must with another number of classes
 */
public record StartingWeights(Path path, boolean newHead) implements InitialWeights.Source {

  /** Rejects a missing path. */
  public StartingWeights {
    Objects.requireNonNull(path, "path");
  }

  /** Returns the same with an absolute path. */
  public StartingWeights at(Path base) {
    return new StartingWeights(base.resolve(path), newHead);
  }

  @Override
  public InitialWeights find() throws IOException {
    if (Files.isRegularFile(path.resolve(TrainingRun.RECIPE))) {
      TrainingRun run = TrainingRun.open(path);
      Path best = run.checkpoints().best().orElseThrow(this::none);
      boolean averaged = run.recipe().training().average().isPresent();
      return new InitialWeights(
          CheckpointDirectory.variables(best), averaged ? AveragedWeights.SCOPE : "", newHead);
    }
    if (StoredNetwork.isAt(path)
        || Files.isRegularFile(Path.of(CheckpointDirectory.variables(path) + ".index"))) {
      return new InitialWeights(CheckpointDirectory.variables(path), "", newHead);
    }
    throw none();
  }

  private IllegalArgumentException none() {
    return new IllegalArgumentException(
        "weights: expected imported weights, a run or a checkpoint, but got " + path + ".");
  }
}
