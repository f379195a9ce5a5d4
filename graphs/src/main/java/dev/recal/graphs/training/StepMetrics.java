package dev.recal.graphs.training;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of one optimiser step.
 *
 * @param loss what the step minimised
 * @param accuracy the share of the batch that was classified correctly, 0 to 1, if available
 * @param learningRate that the step used
 * @param extras further metrics by name
 */
public record StepMetrics(
    double loss, OptionalDouble accuracy, double learningRate, SortedMap<String, Double> extras) {

  /** Copies the extras. */
  public StepMetrics {
    extras = new TreeMap<>(extras);
  }

  /** Only a loss. */
  public static StepMetrics of(double loss, double learningRate) {
    return new StepMetrics(loss, OptionalDouble.empty(), learningRate, new TreeMap<>());
  }

  /** The same with further metrics. */
  public StepMetrics with(Map<String, Double> more) {
    return new StepMetrics(loss, accuracy, learningRate, new TreeMap<>(more));
  }
}
