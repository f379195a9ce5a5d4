package dev.recal.graphs.training;

import com.google.gson.JsonElement;
import dev.recal.ops.json.JsonRecords;
import java.util.List;
import java.util.Optional;

/**
 * The state of a checkpoint in addition to its variables.
 *
 * @param step optimiser steps done
 * @param epoch epochs done
 * @param batch batches done in the current epoch: the position in the data
 * @param seed the seed of the run
 * @param dataDigest the digest of the training data
 * @param firstLoss the loss of the first step, the reference for divergence
 * @param accuracy the last evaluation's accuracy at this step, if there was one
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
    List<CheckpointFile> files) {

  /**
   * A file of a checkpoint.
   *
   * @param name inside the checkpoint's directory
   * @param bytes its length
   */
  record CheckpointFile(String name, long bytes) {}

  JsonElement json() {
    return JsonRecords.sealed().write(this);
  }

  CheckpointState withFiles(List<CheckpointFile> found) {
    return new CheckpointState(step, epoch, batch, seed, dataDigest, firstLoss, accuracy, found);
  }
}
