package dev.recal.graphs.training;

import java.util.Optional;

/**
 * The summary of a checkpoint.
 *
 * @param step optimiser steps done
 * @param epoch epochs done
 * @param seed the seed of the run
 * @param dataDigest the digest of the training data
 * @param score of the review at this step, if there was one: of a classifier top-1, 0 to 1
 * @param stage which stage of the run, from 0
 * @param reviewsSinceBest reviews in a row without a better score, which early stopping counts; 0
 *     where it does not
 */
public record CheckpointSummary(
    long step,
    long epoch,
    long seed,
    String dataDigest,
    Optional<Double> score,
    int stage,
    int reviewsSinceBest) {}
