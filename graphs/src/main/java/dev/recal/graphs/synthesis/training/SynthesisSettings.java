package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.optimisation.Adam;
import dev.recal.graphs.optimisation.Optimiser;
import dev.recal.graphs.synthesis.loss.DifferentiableAugmentation;
import dev.recal.graphs.synthesis.loss.PerceptualDistance;
import dev.recal.graphs.synthesis.loss.RandomFeatures;
import dev.recal.graphs.training.Precision;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The training settings of a generator and its discriminator.
 *
 * @param batch images per step
 * @param steps total steps, each of both networks
 * @param optimiser the optimiser; each network has its own slots
 * @param learningRate of both, constant
 * @param average the decay of the averaged weights, which generate the images
 * @param averageBatches the number of batches to estimate the averages' statistics
 * @param accumulation the number of micro-batches over which a step's gradients are summed; divides
 *     the batch
 * @param augmentation of real and generated images, before the discriminator
 * @param distance the distance for reconstructions
 * @param reconstruction the weight of the mean distance of a reconstruction, of which there are
 *     three; the official code takes the sum over its batch of 8
 * @param precision the number format of convolutions
 * @param intervals of checkpoints and pictures
 * @param watch when a run is aborted
 * @param threads TensorFlow's threads; 0 for all cores, 1 for bit-exact repetition
 * @param seed of weights, order, latents and augmentation
 */
public record SynthesisSettings(
    int batch,
    long steps,
    Optimiser optimiser,
    double learningRate,
    double average,
    int averageBatches,
    int accumulation,
    DifferentiableAugmentation augmentation,
    PerceptualDistance distance,
    double reconstruction,
    Precision precision,
    SynthesisIntervals intervals,
    WatchSettings watch,
    int threads,
    long seed) {

  /** Rejects settings outside their ranges. */
  public SynthesisSettings {
    Objects.requireNonNull(optimiser, "optimiser");
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(distance, "distance");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(intervals, "intervals");
    Objects.requireNonNull(watch, "watch");
    require(batch >= 1, "batch", "at least 1", batch);
    require(steps >= 1, "steps", "at least 1", steps);
    require(
        learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
        "learningRate",
        "a positive number",
        learningRate);
    require(average > 0 && average < 1, "average", "between 0 and 1", average);
    require(averageBatches >= 1, "averageBatches", "at least 1", averageBatches);
    require(accumulation >= 1, "accumulation", "at least 1", accumulation);
    require(
        batch % accumulation == 0, "accumulation", "a divisor of the batch " + batch, accumulation);
    require(
        reconstruction >= 0 && reconstruction < Double.POSITIVE_INFINITY,
        "reconstruction",
        "at least 0",
        reconstruction);
    require(threads >= 0, "threads", "at least 0", threads);
  }

  /** Batch 8, 50,000 steps, Adam (0.5, 0.999) at 2e-4, average 0.999, full augmentation. */
  public static SynthesisSettings defaults() {
    return new SynthesisSettings(
        8,
        50_000,
        new Adam(0.5, 0.999, 1e-8),
        2e-4,
        0.999,
        50,
        1,
        DifferentiableAugmentation.defaults(),
        RandomFeatures.defaults(),
        8,
        Precision.FLOAT32,
        SynthesisIntervals.defaults(),
        WatchSettings.defaults(),
        0,
        1);
  }

  /** Returns the images of one {@code session.run}. */
  public int microBatch() {
    return batch / accumulation;
  }

  /** Returns the same with absolute paths. */
  public SynthesisSettings at(Path base) {
    return new SynthesisSettings(
        batch,
        steps,
        optimiser,
        learningRate,
        average,
        averageBatches,
        accumulation,
        augmentation,
        distance.at(base),
        reconstruction,
        precision,
        intervals,
        watch,
        threads,
        seed);
  }

  /** Returns the same for another batch and precision. */
  public SynthesisSettings with(int images, Precision format) {
    return new SynthesisSettings(
        images,
        steps,
        optimiser,
        learningRate,
        average,
        averageBatches,
        accumulation,
        augmentation,
        distance,
        reconstruction,
        format,
        intervals,
        watch,
        threads,
        seed);
  }

  private static void require(boolean holds, String name, String expected, Object came) {
    if (!holds) {
      throw new IllegalArgumentException(
          name + ": expected " + expected + ", but got " + came + ".");
    }
  }
}
