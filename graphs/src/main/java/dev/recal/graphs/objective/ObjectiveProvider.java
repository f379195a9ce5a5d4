package dev.recal.graphs.objective;

import java.util.Map;

/**
 * Names the losses and metrics of a library, so that recipes can hold them; found by {@code
 * ServiceLoader}.
 */
public interface ObjectiveProvider {

  /** Returns record classes of losses by their type names in kebab case. */
  default Map<String, Class<? extends Loss>> losses() {
    return Map.of();
  }

  /** Returns record classes of metrics by their type names in kebab case. */
  default Map<String, Class<? extends Metric>> metrics() {
    return Map.of();
  }
}
