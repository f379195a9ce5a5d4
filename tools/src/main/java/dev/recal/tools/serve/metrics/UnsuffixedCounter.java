package dev.recal.tools.serve.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A counter under TensorFlow Serving's name, which does not end in {@code _total}. The client
 * library appends that to every counter, so this one is exposed without a type; queries with {@code
 * rate} do not depend on it.
 */
final class UnsuffixedCounter implements Collector {

  private final String name;
  private final String help;
  private final String[] labelNames;
  private final Map<List<String>, LongAdder> values = new ConcurrentHashMap<>();

  UnsuffixedCounter(String name, String help, String... labelNames) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames.clone();
  }

  /** Adds to the value of these labels. */
  void add(long amount, String... labels) {
    values.computeIfAbsent(List.of(labels), key -> new LongAdder()).add(amount);
  }

  @Override
  public String getPrometheusName() {
    return name;
  }

  @Override
  public MetricSnapshot collect() {
    UnknownSnapshot.Builder snapshot = UnknownSnapshot.builder().name(name).help(help);
    values.forEach(
        (labels, value) ->
            snapshot.dataPoint(
                UnknownDataPointSnapshot.builder()
                    .labels(Labels.of(labelNames, labels.toArray(String[]::new)))
                    .value(value.sum())
                    .build()));
    return snapshot.build();
  }
}
