package dev.recal.graphs.logs;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;

/**
 * The metrics of one optimiser step.
 *
 * @param step steps done including this one, from 1, over all stages
 * @param epoch the epoch the step belongs to, from 1 in each stage
 * @param stepsPerEpoch optimiser steps in one epoch
 * @param totalSteps the step at which the stage ends, over all stages
 * @param loss the step's loss; NaN and infinities are reported like any other value
 * @param accuracy the accuracy on the step's images, 0 to 1, if measured
 * @param learningRate the rate the step used
 * @param imagesPerSecond throughput since the last report
 * @param seconds wall-clock seconds of training since the process began this run
 * @param extras further scalars by name, such as {@code gradient_norm}
 */
public record StepReport(
    long step,
    long epoch,
    long stepsPerEpoch,
    long totalSteps,
    double loss,
    OptionalDouble accuracy,
    double learningRate,
    double imagesPerSecond,
    double seconds,
    SortedMap<String, Double> extras) {

  public StepReport {
    Checks.atLeast("step", step, 1);
    Checks.atLeast("epoch", epoch, 1);
    Checks.atLeast("stepsPerEpoch", stepsPerEpoch, 1);
    Checks.atLeast("totalSteps", totalSteps, step);
    extras = Checks.scalars("extras", extras);
  }

  /** A report without further scalars. */
  public StepReport(
      long step,
      long epoch,
      long stepsPerEpoch,
      long totalSteps,
      double loss,
      OptionalDouble accuracy,
      double learningRate,
      double imagesPerSecond,
      double seconds) {
    this(
        step,
        epoch,
        stepsPerEpoch,
        totalSteps,
        loss,
        accuracy,
        learningRate,
        imagesPerSecond,
        seconds,
        Checks.scalars("extras", Map.of()));
  }
}
