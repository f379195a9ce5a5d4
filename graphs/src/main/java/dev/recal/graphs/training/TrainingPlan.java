package dev.recal.graphs.training;

import dev.recal.graphs.logs.StageInfo;
import dev.recal.ops.Arguments;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that a loop needs.
 *
 * @param name a short name for people
 * @param directory of the run; checkpoints go into {@value CheckpointDirectory#NAME}
 * @param session how TensorFlow computes
 * @param intervals of checkpoints and reviews
 * @param patience after how many reviews in a row without a better score a stage ends early; empty
 *     for never
 * @param minDelta by how much a score must exceed the best one to be better, at least 0
 * @param stages what is trained, one after the other
 */
public record TrainingPlan(
    String name,
    Path directory,
    SessionSettings session,
    Intervals intervals,
    Optional<Integer> patience,
    double minDelta,
    List<TrainingStage> stages) {

  /** Rejects missing parts, no stages, and a patience below 1. */
  public TrainingPlan {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(session, "session");
    Objects.requireNonNull(intervals, "intervals");
    stages = List.copyOf(stages);
    Arguments.atLeast(1, "number of stages", stages.size());
    requirePatience(patience);
    Arguments.require(minDelta >= 0, "minDelta", "at least 0", minDelta);
  }

  /** Every greater score is better. */
  public TrainingPlan(
      String name,
      Path directory,
      SessionSettings session,
      Intervals intervals,
      Optional<Integer> patience,
      List<TrainingStage> stages) {
    this(name, directory, session, intervals, patience, 0, stages);
  }

  /** Rejects a patience below 1. */
  public static void requirePatience(Optional<Integer> patience) {
    patience.ifPresent(reviews -> Arguments.atLeast(1, "patience", reviews));
  }

  /** Returns the directory of the checkpoints. */
  public CheckpointDirectory checkpoints() {
    return CheckpointDirectory.ofRun(directory, intervals.keep());
  }

  /** Returns the step, counted over all stages, before which a stage begins. */
  long firstStep(int stage) {
    return stages.subList(0, stage).stream().mapToLong(TrainingStage::steps).sum();
  }

  /** Returns the steps of all stages. */
  long steps() {
    return firstStep(stages.size());
  }

  /** Returns what the logs are told about a stage, from 0. */
  StageInfo info(int stage) {
    TrainingStage current = stages.get(stage);
    double later =
        stages.subList(stage + 1, stages.size()).stream()
            .mapToDouble(next -> next.steps() * next.costOfStep())
            .sum();
    return new StageInfo(
        stage + 1,
        stages.size(),
        current.title(),
        firstStep(stage),
        steps(),
        current.costOfStep(),
        later);
  }
}
