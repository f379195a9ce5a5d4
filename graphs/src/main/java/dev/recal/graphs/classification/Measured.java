package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.objective.MetricRows;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.training.Review;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an evaluation measured.
 *
 * @param kind of the network's outputs
 * @param images their number
 * @param loss mean loss of an image
 * @param classes the metrics of classes that exclude each other; otherwise empty
 * @param rows from which the metrics of other kinds were computed; otherwise empty
 * @param further the other metrics by name, in their order
 */
record Measured(
    OutputKind kind,
    long images,
    double loss,
    Optional<ClassificationSummary> classes,
    Optional<MetricRows> rows,
    Map<String, Double> further)
    implements Review {

  Measured {
    further = Collections.unmodifiableMap(new LinkedHashMap<>(further));
  }

  /** Returns top-1, the mean average precision, or R². */
  @Override
  public OptionalDouble score() {
    if (classes.isPresent()) {
      return classes.get().score();
    }
    double score = further.getOrDefault(Objective.scoreName(kind), Double.NaN);
    return Double.isNaN(score) ? OptionalDouble.empty() : OptionalDouble.of(score);
  }

  @Override
  public SortedMap<String, Double> metrics() {
    SortedMap<String, Double> metrics = new TreeMap<>(further);
    metrics.put("loss", loss);
    classes.ifPresent(summary -> metrics.putAll(summary.metrics()));
    return metrics;
  }
}
