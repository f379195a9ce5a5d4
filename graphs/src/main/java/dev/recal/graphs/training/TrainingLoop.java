package dev.recal.graphs.training;

import dev.recal.graphs.cluster.Workers;
import dev.recal.graphs.logs.TrainingLog;
import dev.recal.graphs.training.RunCheckpoints.OtherRunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The loop that trains every kind of network: steps, reviews and checkpoints, stage after stage,
 * from the start or from a checkpoint.
 *
 * <p>Batches, randomness and learning rate are functions of the seed and the step, and checkpoints
 * hold every variable, so a stopped and resumed run equals an uninterrupted one: bit for bit with
 * one thread, otherwise up to the differences between two equal runs.
 */
public final class TrainingLoop {

  private final TrainingPlan plan;
  private final TrainingLog log;
  private final LoopOptions options;
  private final Workers workers;
  private final CheckpointDirectory checkpoints;
  private final StageRun.Shared shared;

  /**
   * A loop over a plan.
   *
   * @param log gets every step; not closed by the loop
   */
  public TrainingLoop(TrainingPlan plan, TrainingLog log) {
    this(plan, log, LoopOptions.defaults());
  }

  /**
   * A loop over a plan.
   *
   * @param log gets every step; not closed by the loop
   * @param options further files of checkpoints, and what stops the loop
   */
  public TrainingLoop(TrainingPlan plan, TrainingLog log, LoopOptions options) {
    this.plan = plan;
    this.log = log;
    this.options = options;
    this.workers = options.workers();
    this.checkpoints = plan.checkpoints();
    this.shared = new StageRun.Shared(plan, log);
  }

  /**
   * Trains from the first step.
   *
   * @throws IOException if data cannot be read, a checkpoint cannot be written, or the weights to
   *     start from cannot be read
   * @throws DivergenceException if training has diverged
   * @throws TrainingStoppedException if a stop was requested; a checkpoint is written
   * @throws IllegalArgumentException if there are checkpoints already, or network, data, settings
   *     and weights do not fit each other
   */
  public TrainingOutcome run() throws IOException {
    workers.connect(plan.session().config(), options.signal()::isRequested);
    workers.byChief(checkpoints::requireNone);
    return trainFrom(0);
  }

  /**
   * Resumes from the newest checkpoint that can be read; without any, starts.
   *
   * @throws IOException if all checkpoints are damaged, or belong to another run
   */
  public TrainingOutcome resume() throws IOException {
    workers.connect(plan.session().config(), options.signal()::isRequested);
    Restored restored = new Restored();
    Position position;
    try {
      workers.byChief(() -> restoreNewest(restored));
      // Position −1: there is nothing to resume.
      double[] numbers = restored.position.map(Position::numbers).orElse(new double[] {-1});
      position = Position.of(workers.ofChief(Arrays.copyOf(numbers, Position.NUMBERS)));
      if (position.step() < 0) {
        return run();
      }
      if (restored.stage == null) {
        restored.stage = open(position.stage());
      }
      restored.stage.shareVariables();
    } catch (IOException | RuntimeException | Error failure) {
      close(restored.stage);
      throw failure;
    }
    return finish(restored.stage, position);
  }

  /** What was restored: a stage, which is open, and its position. */
  private static final class Restored {
    private StageRun stage;
    private Optional<Position> position = Optional.empty();
  }

  private void restoreNewest(Restored restored) throws IOException {
    checkpoints.deleteTemporary();
    List<Path> all = checkpoints.all();
    if (all.isEmpty()) {
      log.message("There is no checkpoint in " + checkpoints.root() + "; training starts.");
      return;
    }
    StageRun open = null;
    try {
      for (Path checkpoint : all) {
        try {
          CheckpointState state = CheckpointDirectory.read(checkpoint);
          if (open == null || open.stage() != state.stageNumber()) {
            close(open);
            open = null;
            open = open(checkpoint, state);
          }
          restored.position = Optional.of(open.restore(checkpoint, state));
          log.message("Resuming from " + checkpoint + " at step " + state.step() + ".");
          restored.stage = open;
          open = null;
          return;
        } catch (OtherRunException other) {
          throw other;
        } catch (CheckpointException damaged) {
          log.message(damaged.getMessage() + " Trying an earlier one.");
        }
      }
    } finally {
      close(open);
    }
    throw checkpoints.allUnreadable();
  }

  private void requireStage(Path checkpoint, CheckpointState state) throws OtherRunException {
    if (state.stageNumber() >= plan.stages().size()) {
      throw new OtherRunException(
          "The checkpoint "
              + checkpoint
              + " is of stage "
              + (state.stageNumber() + 1)
              + ", but the run has "
              + plan.stages().size()
              + ".");
    }
  }

  /** Opens the stage of a checkpoint. */
  StageRun open(Path checkpoint, CheckpointState state) throws IOException {
    requireStage(checkpoint, state);
    return open(state.stageNumber());
  }

  private StageRun open(int stage) throws IOException {
    Optional<Path> previous =
        stage == 0 ? Optional.empty() : Optional.of(checkpoints.lastOf(stage - 1));
    return new StageRun(shared, options, stage, previous);
  }

  private TrainingOutcome trainFrom(int stage) throws IOException {
    StageRun opened = open(stage);
    Position start;
    try {
      start = opened.initialise();
    } catch (IOException | RuntimeException | Error failure) {
      opened.close();
      throw failure;
    }
    return finish(opened, start);
  }

  // Trains a stage from a position, closes it, and continues with the next ones.
  private TrainingOutcome finish(StageRun stage, Position start) throws IOException {
    try (stage) {
      Position end = stage.train(start);
      if (stage.stage() == plan.stages().size() - 1) {
        return outcome(stage, end);
      }
    }
    return trainFrom(stage.stage() + 1);
  }

  private TrainingOutcome outcome(StageRun stage, Position end) throws IOException {
    boolean early = end.step() < stage.end();
    if (!workers.isChief()) {
      workers.byChief(() -> {});
      return new TrainingOutcome(
          end.step(),
          checkpoints.root(),
          Review.unscored(),
          OptionalDouble.empty(),
          stage.stepsPerSecond(),
          early);
    }
    Review[] last = new Review[1];
    workers.byChief(() -> last[0] = stage.lastReview(end));
    Path best = checkpoints.best().orElseThrow();
    Optional<Double> stored = CheckpointDirectory.read(best).accuracy();
    OptionalDouble score = stored.isPresent() ? OptionalDouble.of(stored.get()) : last[0].score();
    return new TrainingOutcome(end.step(), best, last[0], score, stage.stepsPerSecond(), early);
  }

  private static void close(StageRun stage) {
    if (stage != null) {
      stage.close();
    }
  }
}
