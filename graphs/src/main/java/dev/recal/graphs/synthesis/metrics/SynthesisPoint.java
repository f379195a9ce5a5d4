package dev.recal.graphs.synthesis.metrics;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of one checkpoint.
 *
 * @param step of the training
 * @param features the name of the features behind the metrics
 * @param samples the number of generated images
 * @param values as {@link SynthesisReport#values()}
 */
public record SynthesisPoint(
    long step, String features, int samples, SortedMap<String, Double> values) {

  /** Copies the map. */
  public SynthesisPoint {
    Objects.requireNonNull(features, "features");
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    if (step < 0) {
      throw new IllegalArgumentException("step: expected 0 or more, but got " + step + ".");
    }
  }

  /** Returns the metrics of a report. */
  public static SynthesisPoint of(long step, SynthesisReport report) {
    return new SynthesisPoint(
        step, report.features().name(), report.samples().count(), report.values());
  }
}
