package dev.recal.graphs.objective;

import dev.recal.ops.json.JsonRecords;
import dev.recal.ops.registry.ProvidedTypes;
import java.util.Map;

/** Every loss and metric that a recipe can name: this library's and those of all providers. */
public final class Objectives {

  private static final Map<String, Class<? extends Loss>> LOSSES =
      ProvidedTypes.load("loss", ObjectiveProvider.class, ObjectiveProvider::losses);
  private static final Map<String, Class<? extends Metric>> METRICS =
      ProvidedTypes.load("metric", ObjectiveProvider.class, ObjectiveProvider::metrics);

  private Objectives() {}

  /** Returns record classes of losses by type name. */
  public static Map<String, Class<? extends Loss>> losses() {
    return LOSSES;
  }

  /** Returns record classes of metrics by type name. */
  public static Map<String, Class<? extends Metric>> metrics() {
    return METRICS;
  }

  /** Returns a JSON mapper that also knows every loss and metric. */
  public static JsonRecords addTo(JsonRecords json) {
    return json.with(Loss.class, LOSSES).with(Metric.class, METRICS);
  }
}
