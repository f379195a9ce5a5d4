package dev.recal.graphs.training;

import dev.recal.graphs.metrics.ClassificationSummary;
import java.nio.file.Path;

/**
 * The result of a run.
 *
 * @param steps optimiser steps done
 * @param last the last evaluation
 * @param bestAccuracy the best evaluation's top-1, 0 to 1
 * @param bestCheckpoint the checkpoint of that evaluation
 * @param stepsPerSecond of this process, without evaluations and checkpoints
 */
public record TrainingResult(
    long steps,
    ClassificationSummary last,
    double bestAccuracy,
    Path bestCheckpoint,
    double stepsPerSecond) {}
