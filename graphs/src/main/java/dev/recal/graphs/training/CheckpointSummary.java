package dev.recal.graphs.training;

import java.util.Optional;

/**
 * The summary of a checkpoint.
 *
 * @param step optimiser steps done
 * @param epoch epochs done
 * @param seed the seed of the run
 * @param dataDigest the digest of the training images
 * @param accuracy top-1 of the evaluation at this step, 0 to 1, if there was one
 */
public record CheckpointSummary(
    long step, long epoch, long seed, String dataDigest, Optional<Double> accuracy) {}
