package dev.recal.graphs.optimisation;

import dev.recal.ops.Arguments;
import java.util.Objects;
import java.util.Optional;

/**
 * How gradients change weights, in every kind of training.
 *
 * @param optimiser what a gradient does to a variable
 * @param learningRate warm-up and schedule
 * @param weightDecay how weights are pulled to zero
 * @param clipNorm the greatest global norm of the gradient, before weight decay is added
 * @param average the decay of averaged weights; where given, they are evaluated and exported
 * @param averageBatches how many training batches estimate the averages' statistics
 * @param accumulation over how many runs a step's gradient is summed; divides the batch
 */
public record UpdateSettings(
    Optimiser optimiser,
    LearningRate learningRate,
    WeightDecay weightDecay,
    Optional<Double> clipNorm,
    Optional<Double> average,
    int averageBatches,
    int accumulation) {

  /** Rejects settings outside their ranges. */
  public UpdateSettings {
    Objects.requireNonNull(optimiser, "optimiser");
    Objects.requireNonNull(learningRate, "learningRate");
    Objects.requireNonNull(weightDecay, "weightDecay");
    clipNorm.ifPresent(norm -> Arguments.positive("clipNorm", norm));
    average.ifPresent(
        d -> Arguments.require(d > 0 && d < 1, "average", "a number between 0 and 1", d));
    Arguments.atLeast(1, "averageBatches", averageBatches);
    Arguments.atLeast(1, "accumulation", accumulation);
  }

  /** SGD with momentum 0.9, rate 0.1 with a cosine to 0, decay 1e-4, no averages. */
  public static UpdateSettings defaults() {
    return of(Sgd.defaults(), LearningRate.defaults(), WeightDecay.defaults());
  }

  /** Neither clipping nor averages, a run a step. */
  public static UpdateSettings of(
      Optimiser optimiser, LearningRate learningRate, WeightDecay weightDecay) {
    return new UpdateSettings(
        optimiser, learningRate, weightDecay, Optional.empty(), Optional.empty(), 50, 1);
  }

  /** Returns the same settings with another optimiser. */
  public UpdateSettings with(Optimiser other) {
    return with(other, learningRate, weightDecay);
  }

  /** Returns the same settings with another learning rate. */
  public UpdateSettings with(LearningRate other) {
    return with(optimiser, other, weightDecay);
  }

  /** Returns the same settings with another weight decay. */
  public UpdateSettings with(WeightDecay other) {
    return with(optimiser, learningRate, other);
  }

  private UpdateSettings with(Optimiser changes, LearningRate rate, WeightDecay decay) {
    return new UpdateSettings(
        changes, rate, decay, clipNorm, average, averageBatches, accumulation);
  }

  /** Returns the same settings with averaged weights of a decay. */
  public UpdateSettings withAverage(double decay) {
    return new UpdateSettings(
        optimiser,
        learningRate,
        weightDecay,
        clipNorm,
        Optional.of(decay),
        averageBatches,
        accumulation);
  }

  /** Returns the prefix of the evaluated and exported weights. */
  public String scope() {
    return average.isPresent() ? AveragedWeights.SCOPE : "";
  }

  /**
   * Returns the images of one {@code session.run}.
   *
   * @param batch images of a step
   * @throws IllegalArgumentException if the runs of a step do not divide the batch
   */
  public int microBatch(int batch) {
    Arguments.atLeast(1, "batch", batch);
    Arguments.require(
        batch % accumulation == 0, "accumulation", "a divisor of the batch " + batch, accumulation);
    return batch / accumulation;
  }
}
