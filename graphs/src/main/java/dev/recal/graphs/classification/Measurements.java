package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationMetrics;
import dev.recal.graphs.objective.Metric;
import dev.recal.graphs.objective.MetricRows;
import dev.recal.graphs.objective.OutputKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sums up an evaluation over its batches. */
final class Measurements {

  private final Objective objective;
  private final Optional<ClassificationMetrics> classes;
  private final List<Metric> metrics;
  private final List<MetricRows> rows;
  private long images;
  private double lossSum;

  /**
   * Nothing measured yet.
   *
   * @param outputs of the network, their number
   * @param columns of the rows of each metric
   */
  Measurements(Objective objective, int outputs, List<Integer> columns) {
    this.objective = objective;
    this.classes =
        objective.kind() == OutputKind.ONE_CLASS
            ? Optional.of(new ClassificationMetrics(outputs))
            : Optional.empty();
    this.metrics = objective.all();
    this.rows = columns.stream().map(MetricRows::new).toList();
  }

  /** The metrics of classes that exclude each other; empty for other kinds of outputs. */
  Optional<ClassificationMetrics> classes() {
    return classes;
  }

  /** The rows of each metric. */
  List<MetricRows> rows() {
    return rows;
  }

  /** Adds a batch. */
  void add(long batchImages, double batchLoss) {
    images += batchImages;
    lossSum += batchLoss * batchImages;
  }

  /** Adds what was measured on other images with the same network. */
  void merge(Measurements other) {
    classes.ifPresent(own -> own.merge(other.classes.orElseThrow()));
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).addAll(other.rows.get(i));
    }
    images += other.images;
    lossSum += other.lossSum;
  }

  long images() {
    return images;
  }

  Measured summary() {
    Map<String, Double> further = new LinkedHashMap<>();
    for (int i = 0; i < metrics.size(); i++) {
      Metric metric = metrics.get(i);
      List<Double> results = metric.results(rows.get(i));
      if (results.size() != metric.names().size()) {
        throw new IllegalStateException(
            "metrics: expected "
                + metric.names().size()
                + " results from "
                + metric
                + ", one for each of its names, but got "
                + results.size()
                + ".");
      }
      for (int j = 0; j < results.size(); j++) {
        further.put(metric.names().get(j), results.get(j));
      }
    }
    return new Measured(
        objective.kind(),
        images,
        lossSum / images,
        classes.map(ClassificationMetrics::summary),
        classes.isPresent() ? Optional.empty() : Optional.of(rows.get(0)),
        further,
        false);
  }
}
