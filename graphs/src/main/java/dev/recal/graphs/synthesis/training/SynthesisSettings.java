package dev.recal.graphs.synthesis.training;

import dev.recal.graphs.optimisation.Adam;
import dev.recal.graphs.optimisation.ConstantSchedule;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightDecay;
import dev.recal.graphs.synthesis.loss.DifferentiableAugmentation;
import dev.recal.graphs.synthesis.loss.PerceptualDistance;
import dev.recal.graphs.synthesis.loss.RandomFeatures;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.graphs.training.TrainingPlan;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The training settings of a generator and its discriminator.
 *
 * @param batch images per step
 * @param steps steps in all, each of both networks
 * @param updates how gradients change the weights of both networks; each has slots of its own and
 *     is clipped by itself. Images are generated with averaged weights, so they have a decay here.
 *     An epoch of the learning rate is one pass over the images
 * @param augmentation of real and generated images, before the discriminator
 * @param distance what reconstructions are compared with
 * @param reconstruction the weight of the mean distance of a reconstruction, of which there are
 *     three; the official code takes the sum over its batch of 8
 * @param intervals of checkpoints and pictures
 * @param watch when a run is aborted
 * @param patience training stops after this number of pictures in a row without a smaller Fréchet
 *     distance of the stand-in features; empty for never, and then it is not measured
 * @param session precision, threads and seed
 */
public record SynthesisSettings(
    int batch,
    long steps,
    @Flattened UpdateSettings updates,
    DifferentiableAugmentation augmentation,
    PerceptualDistance distance,
    double reconstruction,
    SynthesisIntervals intervals,
    WatchSettings watch,
    Optional<Integer> patience,
    @Flattened SessionSettings session) {

  /** Rejects settings outside their ranges. */
  public SynthesisSettings {
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(distance, "distance");
    Objects.requireNonNull(intervals, "intervals");
    Objects.requireNonNull(watch, "watch");
    Objects.requireNonNull(session, "session");
    updates.microBatch(batch);
    Arguments.atLeast(1, "steps", steps);
    Arguments.require(updates.average().isPresent(), "average", "a number between 0 and 1", "none");
    Arguments.require(
        reconstruction >= 0 && reconstruction < Double.POSITIVE_INFINITY,
        "reconstruction",
        "at least 0",
        reconstruction);
    TrainingPlan.requirePatience(patience);
  }

  /** Batch 8, 50,000 steps, Adam (0.5, 0.999) at 2e-4, average 0.999, full augmentation. */
  public static SynthesisSettings defaults() {
    return new SynthesisSettings(
        8,
        50_000,
        UpdateSettings.of(
                new Adam(0.5, 0.999, 1e-8),
                new LearningRate(2e-4, new ConstantSchedule(), 0, 0),
                new WeightDecay(0, WeightDecay.Scope.ALL))
            .withAverage(0.999),
        DifferentiableAugmentation.defaults(),
        RandomFeatures.defaults(),
        8,
        SynthesisIntervals.defaults(),
        WatchSettings.defaults(),
        Optional.empty(),
        SessionSettings.defaults());
  }

  /** Returns the images of one {@code session.run}. */
  public int microBatch() {
    return updates.microBatch(batch);
  }

  /** Returns the same with absolute paths. */
  public SynthesisSettings at(Path base) {
    return with(batch, distance.at(base), session);
  }

  /** Returns the same for another batch and precision. */
  public SynthesisSettings with(int images, Precision format) {
    return with(images, distance, session.with(format));
  }

  private SynthesisSettings with(
      int images, PerceptualDistance otherDistance, SessionSettings otherSession) {
    return new SynthesisSettings(
        images,
        steps,
        updates,
        augmentation,
        otherDistance,
        reconstruction,
        intervals,
        watch,
        patience,
        otherSession);
  }
}
