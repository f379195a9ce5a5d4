package dev.recal.graphs.detection.training;

import dev.recal.graphs.detection.loss.RegionSettings;
import dev.recal.graphs.optimisation.Transfer;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.training.CheckpointSettings;
import dev.recal.graphs.training.Every;
import dev.recal.graphs.training.Intervals;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a detector is trained.
 *
 * @param batch images per optimiser step
 * @param epochs passes over the training images, positive; a fraction is allowed
 * @param steps optimiser steps in all; where given, it replaces {@code epochs}
 * @param updates how gradients change weights
 * @param samples which anchors and regions a step learns from
 * @param transfer what is frozen, and what learns at another rate
 * @param storedStatistics scopes whose norms use and keep the stored statistics, as those of a
 *     frozen scope do, while their weights are trained; published: {@code backbone}
 * @param evaluateEvery epochs between two evaluations, at least 1
 * @param divergence training stops if the loss exceeds this multiple of the first loss
 * @param checkpoints when checkpoints are written
 * @param patience after how many evaluations in a row without a better score training stops; empty
 *     for never
 * @param session precision, threads and seed
 */
public record DetectionTraining(
    int batch,
    double epochs,
    Optional<Long> steps,
    @Flattened UpdateSettings updates,
    @Flattened RegionSettings samples,
    Transfer transfer,
    List<String> storedStatistics,
    int evaluateEvery,
    double divergence,
    CheckpointSettings checkpoints,
    Optional<Integer> patience,
    @Flattened SessionSettings session) {

  /** Rejects settings outside their ranges. */
  public DetectionTraining {
    Objects.requireNonNull(samples, "samples");
    Objects.requireNonNull(transfer, "transfer");
    Objects.requireNonNull(checkpoints, "checkpoints");
    Objects.requireNonNull(session, "session");
    storedStatistics = List.copyOf(storedStatistics);
    updates.microBatch(batch);
    Arguments.positive("epochs", epochs);
    Arguments.atLeast(1, "evaluateEvery", evaluateEvery);
    Arguments.require(divergence > 1, "divergence", "more than 1", divergence);
    steps.ifPresent(n -> Arguments.atLeast(1, "steps", n));
    Arguments.require(
        updates.average().isEmpty(), "average", "none, which detectors do not have yet", "one");
    TrainingPlan.requirePatience(patience);
  }

  /** SGD with momentum 0.9, batch 16, 12 epochs, without frozen scopes. */
  public static DetectionTraining defaults() {
    return new DetectionTraining(
        16,
        12,
        Optional.empty(),
        UpdateSettings.defaults(),
        RegionSettings.defaults(),
        Transfer.defaults(),
        List.of(),
        1,
        100,
        CheckpointSettings.defaults(),
        Optional.empty(),
        SessionSettings.defaults());
  }

  /** Returns whether norms use stored statistics in training. */
  boolean usesStoredStatistics() {
    return !storedStatistics.isEmpty() || !transfer.frozen().isEmpty();
  }

  /** Returns the images of one {@code session.run}. */
  public int microBatch() {
    return updates.microBatch(batch);
  }

  /** Returns the optimiser steps in all. */
  public long totalSteps(long stepsPerEpoch) {
    return steps.orElseGet(() -> Math.max(1, Math.round(epochs * stepsPerEpoch)));
  }

  /** Returns the intervals of checkpoints and evaluations. */
  public Intervals intervals() {
    return new Intervals(checkpoints.every(), Every.epochs(evaluateEvery), checkpoints.keep());
  }
}
