package dev.recal.graphs.training;

import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.Optimiser;
import dev.recal.graphs.optimisation.Sgd;
import dev.recal.graphs.optimisation.WeightDecay;
import java.util.Objects;
import java.util.Optional;

/**
 * The training settings of a network.
 *
 * @param batch images per optimiser step
 * @param epochs passes over the training images, positive; a fraction is allowed
 * @param steps total optimiser steps; if given, replaces {@code epochs}
 * @param optimiser the optimiser
 * @param learningRate warm-up and schedule
 * @param weightDecay the weight decay
 * @param clipNorm the maximum global norm of the gradient, before weight decay is added
 * @param average the decay of averaged weights; if given, they are evaluated and exported
 * @param averageBatches the number of training batches to estimate the averages' statistics
 * @param accumulation the number of micro-batches over which a step's gradient is summed; divides
 *     the batch
 * @param labelSmoothing the share of each target spread over all classes, from 0 to less than 1
 * @param mixup α of the Beta(α, α) that mixes pairs of images; no mixup if absent
 * @param transfer frozen scopes, and scopes with another learning rate
 * @param precision the number format of convolutions
 * @param evaluateEvery epochs between two evaluations, at least 1
 * @param divergence training stops when the loss exceeds this multiple of the first one, or of
 *     log(classes) if that is greater
 * @param checkpoints when checkpoints are written
 * @param threads TensorFlow's threads; 0 for all cores, 1 for bit-exact repetition
 * @param seed of weights, order, augmentation and dropout
 */
public record TrainingSettings(
    int batch,
    double epochs,
    Optional<Long> steps,
    Optimiser optimiser,
    LearningRate learningRate,
    WeightDecay weightDecay,
    Optional<Double> clipNorm,
    Optional<Double> average,
    int averageBatches,
    int accumulation,
    double labelSmoothing,
    Optional<Double> mixup,
    Transfer transfer,
    Precision precision,
    int evaluateEvery,
    double divergence,
    CheckpointSettings checkpoints,
    int threads,
    long seed) {

  /** Rejects settings outside their ranges. */
  public TrainingSettings {
    Objects.requireNonNull(optimiser, "optimiser");
    Objects.requireNonNull(learningRate, "learningRate");
    Objects.requireNonNull(weightDecay, "weightDecay");
    Objects.requireNonNull(transfer, "transfer");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(checkpoints, "checkpoints");
    require(batch >= 1, "batch", "at least 1", batch);
    require(epochs > 0, "epochs", "a positive number", epochs);
    require(averageBatches >= 1, "averageBatches", "at least 1", averageBatches);
    require(accumulation >= 1, "accumulation", "at least 1", accumulation);
    require(
        batch % accumulation == 0, "accumulation", "a divisor of the batch " + batch, accumulation);
    require(evaluateEvery >= 1, "evaluateEvery", "at least 1", evaluateEvery);
    require(divergence > 1, "divergence", "more than 1", divergence);
    require(threads >= 0, "threads", "at least 0", threads);
    require(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "labelSmoothing",
        "from 0 to less than 1",
        labelSmoothing);
    steps.ifPresent(n -> require(n >= 1, "steps", "at least 1", n));
    clipNorm.ifPresent(norm -> require(norm > 0, "clipNorm", "a positive number", norm));
    mixup.ifPresent(alpha -> require(alpha > 0, "mixup", "a positive number", alpha));
    average.ifPresent(d -> require(d > 0 && d < 1, "average", "between 0 and 1", d));
  }

  /** SGD with momentum 0.9, batch 128, rate 0.1 with a cosine to 0, decay 1e-4, 30 epochs. */
  public static TrainingSettings defaults() {
    return new TrainingSettings(
        128,
        30,
        Optional.empty(),
        Sgd.defaults(),
        LearningRate.defaults(),
        WeightDecay.defaults(),
        Optional.empty(),
        Optional.empty(),
        50,
        1,
        0,
        Optional.empty(),
        Transfer.defaults(),
        Precision.FLOAT32,
        1,
        100,
        CheckpointSettings.defaults(),
        0,
        1);
  }

  /** Returns the same settings for another batch and precision. */
  public TrainingSettings with(int images, Precision format) {
    return new TrainingSettings(
        images,
        epochs,
        steps,
        optimiser,
        learningRate,
        weightDecay,
        clipNorm,
        average,
        averageBatches,
        accumulation,
        labelSmoothing,
        mixup,
        transfer,
        format,
        evaluateEvery,
        divergence,
        checkpoints,
        threads,
        seed);
  }

  /** Returns the images of one {@code session.run}. */
  public int microBatch() {
    return batch / accumulation;
  }

  /** Returns the total optimiser steps. */
  public long totalSteps(long stepsPerEpoch) {
    return steps.orElseGet(() -> Math.max(1, Math.round(epochs * stepsPerEpoch)));
  }

  private static void require(boolean holds, String name, String expected, Object came) {
    if (!holds) {
      throw new IllegalArgumentException(
          name + ": expected " + expected + ", but got " + came + ".");
    }
  }
}
