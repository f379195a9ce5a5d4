package dev.recal.graphs.task;

import dev.recal.graphs.training.CheckpointDirectory;
import dev.recal.graphs.weights.InitialWeights;
import dev.recal.graphs.weights.StoredNetwork;
import dev.recal.ops.files.FileKind;
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
public record StartingWeights(Path path, boolean newHead) {

  /** Rejects a missing path. */
  public StartingWeights {
    Objects.requireNonNull(path, "path");
  }

  /** Returns the same with an absolute path. */
  public StartingWeights at(Path base) {
    return new StartingWeights(base.resolve(path), newHead);
  }

  /**
   * Finds the weights that a run would export: with averaged weights the averages.
   *
   * @throws IOException if the path cannot be read
   * @throws IllegalArgumentException if it holds no weights
   */
  public InitialWeights find() throws IOException {
    if (!RunDirectory.isAt(path)) {
      return outsideOfRuns();
    }
    RunDirectory<?> run = RunDirectory.open(path);
    return new InitialWeights(variables(run), scope(run), newHead);
  }

  /**
   * Finds the weights that a run trained: those that gradients changed, also where it has averages
   * of them.
   *
   * @throws IOException if the path cannot be read
   * @throws IllegalArgumentException if it holds no weights
   */
  public InitialWeights findTrained() throws IOException {
    return RunDirectory.isAt(path)
        ? new InitialWeights(variables(RunDirectory.open(path)), "", newHead)
        : outsideOfRuns();
  }

  private String variables(RunDirectory<?> run) throws IOException {
    return CheckpointDirectory.variables(run.checkpoints().best().orElseThrow(this::none));
  }

  private static <R extends Recipe> String scope(RunDirectory<R> run) {
    return run.task().weightsScope(run.recipe());
  }

  private InitialWeights outsideOfRuns() {
    String variables = CheckpointDirectory.variables(path);
    if (StoredNetwork.isAt(path) || Files.isRegularFile(Path.of(variables + ".index"))) {
      return new InitialWeights(variables, "", newHead);
    }
    throw none();
  }

  private IllegalArgumentException none() {
    return new IllegalArgumentException(
        "weights: expected imported weights, a run or a checkpoint, but got "
            + FileKind.named(path)
            + ".");
  }
}
