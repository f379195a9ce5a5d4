package dev.recal.graphs.training;

import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * What a finished run leaves.
 *
 * @param steps optimiser steps done, over all stages; those that an earlier stage saved by ending
 *     early count as done
 * @param checkpoint the best checkpoint, or the newest where no review has a score
 * @param last the last review
 * @param bestScore the score of the best checkpoint, if there is one
 * @param stepsPerSecond of this process, without reviews and checkpoints; 0 if training was already
 *     complete
 * @param stoppedEarly whether the last stage ended because its score got no better
 */
public record TrainingOutcome(
    long steps,
    Path checkpoint,
    Review last,
    OptionalDouble bestScore,
    double stepsPerSecond,
    boolean stoppedEarly) {}
