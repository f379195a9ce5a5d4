package dev.recal.graphs.classification;

import dev.recal.graphs.objective.CrossEntropy;
import dev.recal.graphs.objective.Loss;
import dev.recal.graphs.objective.Metric;
import dev.recal.graphs.objective.NumberScales;
import dev.recal.graphs.objective.Outputs;
import dev.recal.graphs.optimisation.Transfer;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.training.CheckpointSettings;
import dev.recal.graphs.training.Every;
import dev.recal.graphs.training.Intervals;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a network is trained.
 *
 * @param batch images per optimiser step
 * @param epochs passes over the training images, positive; a fraction is allowed
 * @param steps optimiser steps in all; where given, it replaces {@code epochs}
 * @param updates how gradients change weights
 * @param loss what training minimises; it says what the images have: one class, several classes or
 *     numbers
 * @param metrics what evaluations measure besides the usual metrics
 * @param scales how numbers are standardised for the loss; those of the training images where
 *     absent
 * @param labelSmoothing the share of each target spread over all classes, from 0 to less than 1
 * @param mixup α of the Beta(α, α) that mixes pairs of images; none where absent
 * @param cutmix α of the Beta(α, α) of CutMix; with {@code mixup} too, each batch has one of them
 * @param classWeights by how much the loss of a class counts; 1 where absent
 * @param transfer what is frozen, and what learns at another rate
 * @param evaluateEvery epochs between two evaluations, at least 1
 * @param divergence training stops if the loss exceeds this multiple of the larger of the first
 *     loss and log(classes)
 * @param checkpoints when checkpoints are written
 * @param patience after how many evaluations in a row without a better accuracy training stops;
 *     empty for never
 * @param minDelta by how much an accuracy must exceed the best one, which the patience counts from,
 *     to be better, from 0 to less than 1
 * @param session precision, threads and seed
 */
public record ClassificationSettings(
    int batch,
    double epochs,
    Optional<Long> steps,
    @Flattened UpdateSettings updates,
    Loss loss,
    List<Metric> metrics,
    Optional<NumberScales> scales,
    double labelSmoothing,
    Optional<Double> mixup,
    Optional<Double> cutmix,
    Optional<ClassWeights> classWeights,
    Transfer transfer,
    int evaluateEvery,
    double divergence,
    CheckpointSettings checkpoints,
    Optional<Integer> patience,
    double minDelta,
    @Flattened SessionSettings session) {

  /** Rejects settings outside their ranges. */
  public ClassificationSettings {
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(scales, "scales");
    metrics = List.copyOf(metrics);
    ObjectiveChecks.check(loss, metrics, scales, labelSmoothing, classWeights);
    Objects.requireNonNull(transfer, "transfer");
    Objects.requireNonNull(checkpoints, "checkpoints");
    Objects.requireNonNull(session, "session");
    updates.microBatch(batch);
    Arguments.positive("epochs", epochs);
    Arguments.atLeast(1, "evaluateEvery", evaluateEvery);
    Arguments.require(divergence > 1, "divergence", "more than 1", divergence);
    Arguments.require(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "labelSmoothing",
        "from 0 to less than 1",
        labelSmoothing);
    steps.ifPresent(n -> Arguments.atLeast(1, "steps", n));
    mixup.ifPresent(alpha -> Arguments.positive("mixup", alpha));
    cutmix.ifPresent(alpha -> Arguments.positive("cutmix", alpha));
    Arguments.require(minDelta >= 0 && minDelta < 1, "minDelta", "from 0 to less than 1", minDelta);
    TrainingPlan.requirePatience(patience);
  }

  /** SGD with momentum 0.9, batch 128, rate 0.1 with a cosine to 0, decay 1e-4, 30 epochs. */
  public static ClassificationSettings defaults() {
    return new ClassificationSettings(
        128,
        30,
        Optional.empty(),
        UpdateSettings.defaults(),
        CrossEntropy.defaults(),
        List.of(),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Transfer.defaults(),
        1,
        100,
        CheckpointSettings.defaults(),
        Optional.empty(),
        0,
        SessionSettings.defaults());
  }

  /** Returns a builder that starts with these settings. */
  public ClassificationSettingsBuilder with() {
    return new ClassificationSettingsBuilder(this);
  }

  /** Returns the same settings for another batch and precision. */
  public ClassificationSettings with(int images, Precision format) {
    return with().batch(images).session(session.with(format)).build();
  }

  /** Returns the same settings with another precision, threads and seed. */
  public ClassificationSettings withSession(SessionSettings other) {
    return with().session(other).build();
  }

  /**
   * Returns what the outputs of the network mean.
   *
   * @throws IllegalArgumentException if they are numbers whose scales are not known yet
   */
  public Outputs outputs() {
    return new Outputs(loss.outputs(), scales);
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

  /** Returns the prefix of the evaluated and exported weights. */
  public String weightsScope() {
    return updates.scope();
  }
}
