package dev.recal.graphs.synthesis.oneshot.training;

import dev.recal.graphs.optimisation.Adam;
import dev.recal.graphs.optimisation.LearningRate;
import dev.recal.graphs.optimisation.StepSchedule;
import dev.recal.graphs.optimisation.UpdateSettings;
import dev.recal.graphs.optimisation.WeightDecay;
import dev.recal.graphs.synthesis.training.SynthesisIntervals;
import dev.recal.graphs.synthesis.training.WatchSettings;
import dev.recal.graphs.training.Precision;
import dev.recal.graphs.training.SessionSettings;
import dev.recal.ops.Arguments;
import dev.recal.ops.json.Flattened;
import java.util.List;
import java.util.Objects;

/**
 * The training settings of a pyramid.
 *
 * @param steps of each scale
 * @param criticSteps updates of the critic in a step
 * @param generatorSteps updates of the generator in a step
 * @param updates how gradients change the weights of both networks. An epoch of the learning rate
 *     is the training of one scale
 * @param penalty the weight of the gradient penalty
 * @param reconstruction the weight of the mean squared error of the reconstruction
 * @param noise the amplitude of a scale's noise for a reconstruction error of 1
 * @param intervals of checkpoints and pictures, counted from the start of a scale
 * @param watch when a run is aborted
 * @param session precision, threads and seed
 */
public record OneShotSettings(
    long steps,
    int criticSteps,
    int generatorSteps,
    @Flattened UpdateSettings updates,
    double penalty,
    double reconstruction,
    double noise,
    SynthesisIntervals intervals,
    WatchSettings watch,
    @Flattened SessionSettings session) {

  private static final double MAX_WEIGHT = 1e6;

  /** Rejects settings outside their ranges. */
  public OneShotSettings {
    Objects.requireNonNull(updates, "updates");
    Objects.requireNonNull(intervals, "intervals");
    Objects.requireNonNull(watch, "watch");
    Objects.requireNonNull(session, "session");
    Arguments.atLeast(1, "steps", steps);
    Arguments.atLeast(1, "criticSteps", criticSteps);
    Arguments.atLeast(1, "generatorSteps", generatorSteps);
    Arguments.require(updates.accumulation() == 1, "accumulation", "1", updates.accumulation());
    Arguments.require(
        updates.average().isEmpty(), "average", "none", updates.average().orElse(0.0));
    requireWeight("penalty", penalty);
    requireWeight("reconstruction", reconstruction);
    requireWeight("noise", noise);
  }

  private static void requireWeight(String name, double value) {
    Arguments.require(value >= 0 && value <= MAX_WEIGHT, name, "from 0 to 1e6", value);
  }

  /**
   * 2,000 steps a scale of 3 updates each, Adam (0.5, 0.999) at 5e-4, divided by 10 after 80 % of a
   * scale's steps; penalty 0.1, reconstruction 10, noise 0.1.
   */
  public static OneShotSettings defaults() {
    return new OneShotSettings(
        2000,
        3,
        3,
        UpdateSettings.of(
            new Adam(0.5, 0.999, 1e-8),
            new LearningRate(5e-4, new StepSchedule(List.of(0.8), 0.1), 0, 0),
            new WeightDecay(0, WeightDecay.Scope.ALL)),
        0.1,
        10,
        0.1,
        new SynthesisIntervals(500, 3, 500, 6, 10),
        WatchSettings.defaults(),
        SessionSettings.defaults());
  }

  /** Returns the same with another number format. */
  public OneShotSettings with(Precision format) {
    return new OneShotSettings(
        steps,
        criticSteps,
        generatorSteps,
        updates,
        penalty,
        reconstruction,
        noise,
        intervals,
        watch,
        session.with(format));
  }
}
