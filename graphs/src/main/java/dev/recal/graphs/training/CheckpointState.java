package dev.recal.graphs.training;

import com.google.gson.JsonElement;
import dev.recal.graphs.training.Position.BestScore;
import dev.recal.ops.json.JsonRecords;
import java.util.List;
import java.util.Optional;

/**
 * The state of a checkpoint in addition to its variables.
 *
 * @param step optimiser steps done, over all stages
 * @param epoch passes over the input done in the stage
 * @param batch runs done in the current pass: the position in the data
 * @param seed the seed of the run
 * @param dataDigest the digest of the training data
 * @param firstLoss the loss of the stage's first step, which divergence is measured against
 * @param accuracy the score of the review at this step, if there was one; of a classifier its
 *     accuracy, hence the name, which files that exist have
 * @param stage the stage's number from 0; empty for the first
 * @param best the best score of the stage, where early stopping watches it
 * @param files the variables' files
 */
record CheckpointState(
    long step,
    long epoch,
    long batch,
    long seed,
    String dataDigest,
    Optional<Double> firstLoss,
    Optional<Double> accuracy,
    Optional<Integer> stage,
    Optional<BestScore> best,
    List<CheckpointFile> files) {

  /**
   * A file of a checkpoint.
   *
   * @param name inside the checkpoint's directory
   * @param bytes its length
   */
  record CheckpointFile(String name, long bytes) {}

  /**
   * Describes a position in a run.
   *
   * @param score of these weights, if they were reviewed
   */
  static CheckpointState at(
      Position position, long seed, DataIdentity data, Optional<Double> score) {
    return new CheckpointState(
        position.step(),
        position.epoch(),
        position.batch(),
        seed,
        data.digest(),
        position.firstLoss(),
        score,
        Optional.of(position.stage()).filter(number -> number > 0),
        position.best(),
        List.of());
  }

  /** Returns the stage, from 0. */
  int stageNumber() {
    return stage.orElse(0);
  }

  /** Returns the position in the run. */
  Position position() {
    return new Position(step, epoch, batch, firstLoss, stageNumber(), best);
  }

  JsonElement json() {
    return JsonRecords.sealed().write(this);
  }

  CheckpointState withFiles(List<CheckpointFile> found) {
    return new CheckpointState(
        step, epoch, batch, seed, dataDigest, firstLoss, accuracy, stage, best, found);
  }
}
