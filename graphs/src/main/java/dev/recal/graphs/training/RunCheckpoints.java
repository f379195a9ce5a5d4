package dev.recal.graphs.training;

import dev.recal.ops.checkpoint.CheckpointIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Session;

/** A session's variables in the checkpoints of its run: written, confirmed by a step, restored. */
final class RunCheckpoints {

  private final CheckpointDirectory directory;
  private final DataIdentity data;
  private final long seed;
  private final Session session;
  private final JobGraph graph;
  private final Map<String, String> files;
  private Optional<Path> unconfirmed = Optional.empty();

  /**
   * The checkpoints of a run.
   *
   * @param directory of the checkpoints
   * @param data the training data; a checkpoint of other data is rejected
   * @param seed of the run; a checkpoint of another seed is rejected
   * @param files contents of further files that each checkpoint gets, by name
   */
  RunCheckpoints(
      CheckpointDirectory directory,
      DataIdentity data,
      long seed,
      Session session,
      JobGraph graph,
      Map<String, String> files) {
    this.directory = directory;
    this.data = data;
    this.seed = seed;
    this.session = session;
    this.graph = graph;
    this.files = files;
  }

  /**
   * Fails if the directory was moved or deleted.
   *
   * @throws CheckpointException if so
   */
  void requireExists() throws CheckpointException {
    directory.requireExists();
  }

  /** Returns the directory. */
  Path root() {
    return directory.root();
  }

  /**
   * Writes the current variables.
   *
   * @param score of these weights, if they were reviewed
   */
  void write(Position position, Optional<Double> score) throws CheckpointException {
    CheckpointState state = CheckpointState.at(position, seed, data, score);
    unconfirmed = Optional.of(directory.write(session, graph.saver(), state, files));
  }

  /**
   * Confirms the newest checkpoint, whose weights a step has shown to be sound or of which nothing
   * more will be known, then prunes older ones. Until then earlier ones are kept.
   */
  void confirm() throws IOException {
    if (unconfirmed.isPresent()) {
      directory.prune(unconfirmed.get());
      unconfirmed = Optional.empty();
    }
  }

  /**
   * Sets aside a checkpoint with diverged weights, if there is an earlier one.
   *
   * @return its new path, if there is one of that step and an earlier one
   */
  Optional<Path> setAside(long step) throws IOException {
    return directory.setAside(step);
  }

  /**
   * Restores a checkpoint.
   *
   * @param state the contents of {@code state.json}
   * @throws CheckpointException if its files are damaged
   * @throws OtherRunException if it belongs to another run
   */
  void restore(Path checkpoint, CheckpointState state) throws CheckpointException {
    requireSameVariables(checkpoint);
    CheckpointDirectory.restore(session, graph.saver(), checkpoint);
    requireSameRun(checkpoint, state);
  }

  private void requireSameVariables(Path checkpoint) throws CheckpointException {
    CheckpointIndex index;
    try {
      index = CheckpointIndex.read(CheckpointDirectory.variables(checkpoint));
    } catch (IOException damaged) {
      throw new CheckpointException(
          "The checkpoint " + checkpoint + " cannot be read: " + damaged.getMessage(), damaged);
    }
    List<String> mismatches = index.mismatches("", graph.store().all());
    if (!mismatches.isEmpty()) {
      throw new OtherRunException(
          "The checkpoint "
              + checkpoint
              + " contains the variables of another network or optimiser: "
              + String.join(", ", mismatches)
              + ".");
    }
  }

  private void requireSameRun(Path checkpoint, CheckpointState state) throws OtherRunException {
    if (state.seed() != seed) {
      throw new OtherRunException(
          "The checkpoint "
              + checkpoint
              + " was written with seed "
              + state.seed()
              + ", but the run has seed "
              + seed
              + ".");
    }
    if (!data.matches(state.dataDigest())) {
      throw new OtherRunException(
          "The checkpoint "
              + checkpoint
              + " was trained on other data than "
              + data.name()
              + " holds now.");
    }
  }

  /** A whole checkpoint that does not belong to the run. */
  static final class OtherRunException extends CheckpointException {

    private static final long serialVersionUID = 1L;

    OtherRunException(String message) {
      super(message, null);
    }
  }
}
