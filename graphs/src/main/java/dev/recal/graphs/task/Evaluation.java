package dev.recal.graphs.task;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an evaluation of a checkpoint found.
 *
 * @param checkpoint that was measured
 * @param metrics by name, in the order of their importance
 * @param text the same for people, a line each
 */
public record Evaluation(Path checkpoint, Map<String, Number> metrics, List<String> text) {

  /** Copies metrics and text. */
  public Evaluation {
    Objects.requireNonNull(checkpoint, "checkpoint");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    text = List.copyOf(text);
  }
}
