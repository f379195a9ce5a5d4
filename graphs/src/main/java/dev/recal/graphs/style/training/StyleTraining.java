package dev.recal.graphs.style.training;

import dev.recal.graphs.optimisation.Adam;
import dev.recal.graphs.optimisation.ConstantSchedule;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightDecay;
import dev.recal.graphs.training.LossStep;
import dev.recal.graphs.training.Pace;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.graphs.training.TrainingStage;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a style network is trained.
 *
 * @param batch images per step
 * @param epochs passes over the training images, positive; a fraction is allowed
 * @param steps optimiser steps in all; where given, it replaces {@code epochs}
 * @param updates how gradients change weights; averaged weights are not supported
 * @param intervals of checkpoints and reviews
 * @param divergence training stops if the loss exceeds this multiple of the first loss
 * @param patience training stops after this number of reviews in a row without a smaller loss of
 *     held-out images; empty for never
 * @param session precision, threads and seed
 */
public record StyleTraining(
    int batch,
    double epochs,
    Optional<Long> steps,
    @Flattened UpdateSettings updates,
    StyleIntervals intervals,
    double divergence,
    Optional<Integer> patience,
    @Flattened SessionSettings session) {

  /** What may help against divergence. */
  static final String REMEDIES = "a lower learning rate, smaller weights of the losses or clipNorm";

  /** Rejects settings outside their ranges. */
  public StyleTraining {
    Objects.requireNonNull(intervals, "intervals");
    Objects.requireNonNull(session, "session");
    updates.microBatch(batch);
    Arguments.positive("epochs", epochs);
    steps.ifPresent(count -> Arguments.atLeast(1, "steps", count));
    Arguments.require(
        updates.average().isEmpty(), "average", "none for a style network", updates.average());
    Arguments.require(divergence > 1, "divergence", "more than 1", divergence);
    TrainingPlan.requirePatience(patience);
  }

  /** Batch 4, 2 epochs, Adam at 1e-3. */
  public static StyleTraining defaults() {
    return new StyleTraining(
        4,
        2,
        Optional.empty(),
        UpdateSettings.of(
            new Adam(0.9, 0.999, 1e-8),
            new LearningRate(1e-3, new ConstantSchedule(), 0, 0),
            new WeightDecay(0, WeightDecay.Scope.ALL)),
        StyleIntervals.defaults(),
        100,
        Optional.empty(),
        SessionSettings.defaults());
  }

  /** Returns the images of one {@code session.run}. */
  int microBatch() {
    return updates.microBatch(batch);
  }

  /** Returns how steps relate to the data. */
  Pace pace(long stepsPerEpoch) {
    return new Pace(batch, updates.accumulation(), stepsPerEpoch, stepsPerEpoch);
  }

  /** Returns how weights learn. */
  LossStep.Settings step(long stepsPerEpoch) {
    return new LossStep.Settings(updates, session, totalSteps(stepsPerEpoch), stepsPerEpoch);
  }

  /**
   * Returns what the loop needs of a training of one stage.
   *
   * @param name of the run
   * @param opening opens its job
   */
  TrainingPlan plan(
      String name, Path directory, long stepsPerEpoch, TrainingStage.JobOpening opening) {
    return new TrainingPlan(
        name,
        directory,
        session,
        intervals.intervals(),
        patience,
        List.of(TrainingStage.only(totalSteps(stepsPerEpoch), opening)));
  }

  /** Returns the optimiser steps in all. */
  long totalSteps(long stepsPerEpoch) {
    return steps.orElseGet(() -> Math.max(1, Math.round(epochs * stepsPerEpoch)));
  }
}
