package dev.recal.graphs.training;

import dev.recal.graphs.data.DataSet;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.ops.Saver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Session;

/** Writes, confirms and restores the checkpoints of a run. */
public final class RunCheckpoints {

  private final CheckpointDirectory directory;
  private final DataSet data;
  private final long seed;
  private final Session session;
  private final Saver saver;
  private Optional<Path> unproven = Optional.empty();

  /**
   * The checkpoints of a run.
   *
   * @param directory the directory
   * @param data the training images; a checkpoint of other images is rejected
   * @param seed of the run; a checkpoint of another seed is rejected
   * @param saver of all variables
   */
  public RunCheckpoints(
      CheckpointDirectory directory, DataSet data, long seed, Session session, Saver saver) {
    this.directory = directory;
    this.data = data;
    this.seed = seed;
    this.session = session;
    this.saver = saver;
  }

  /** Returns the directory. */
  public Path root() {
    return directory.root();
  }

  /** Returns the checkpoint with the best accuracy. */
  public Path best() throws IOException {
    return directory.best().orElseThrow();
  }

  /**
   * Writes the current variables.
   *
   * @param accuracy of these weights, if measured
   */
  public void write(Position position, Optional<Double> accuracy) throws CheckpointException {
    CheckpointState state =
        new CheckpointState(
            position.step(),
            position.epoch(),
            position.batch(),
            seed,
            data.digest(),
            position.firstLoss(),
            accuracy,
            List.of());
    unproven = Optional.of(directory.write(session, saver, state));
  }

  /** Confirms the newest checkpoint, then prunes older ones. */
  public void prove() throws IOException {
    if (unproven.isPresent()) {
      directory.prune(unproven.get());
      unproven = Optional.empty();
    }
  }

  /**
   * Sets aside a checkpoint with diverged weights, if there is an earlier one.
   *
   * @return its new path, if there is one of that step and an earlier one
   */
  public Optional<Path> setAside(long step) throws IOException {
    return directory.setAside(step);
  }

  /**
   * Rejects a directory with checkpoints.
   *
   * @throws IllegalArgumentException if it contains any
   */
  public void requireNone() throws IOException {
    if (!directory.all().isEmpty()) {
      throw new IllegalArgumentException(
          "directory: expected no checkpoints, but "
              + root()
              + " contains some; resume from them, or train in another directory.");
    }
  }

  /**
   * Restores the newest checkpoint that can be read.
   *
   * @param log reports damaged ones
   * @return its position; empty if there is no checkpoint
   * @throws CheckpointException if all are damaged, or it belongs to another run
   */
  public Optional<Position> restore(TrainingLog log) throws IOException {
    directory.deleteTemporary();
    List<Path> all = directory.all();
    for (Path checkpoint : all) {
      CheckpointState state;
      try {
        state = CheckpointDirectory.read(checkpoint);
        CheckpointDirectory.restore(session, saver, checkpoint);
      } catch (CheckpointException damaged) {
        log.message(damaged.getMessage() + " Trying an earlier one.");
        continue;
      }
      requireSameRun(checkpoint, state);
      log.message("Resuming from " + checkpoint + " at step " + state.step() + ".");
      return Optional.of(
          new Position(state.step(), state.epoch(), state.batch(), state.firstLoss()));
    }
    if (!all.isEmpty()) {
      throw directory.noneReadable();
    }
    return Optional.empty();
  }

  private void requireSameRun(Path checkpoint, CheckpointState state) throws CheckpointException {
    if (state.seed() != seed) {
      throw new CheckpointException(
          "The checkpoint "
              + checkpoint
              + " was written with seed "
              + state.seed()
              + ", but the run has seed "
              + seed
              + ".",
          null);
    }
    if (!state.dataDigest().equals(data.digest())) {
      throw new CheckpointException(
          "The checkpoint "
              + checkpoint
              + " was written with other training images than "
              + data.name()
              + " has now.",
          null);
    }
  }
}
