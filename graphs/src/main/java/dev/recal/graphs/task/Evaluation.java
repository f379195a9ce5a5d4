package dev.recal.graphs.task;

import com.google.gson.JsonObject;
import dev.recal.graphs.data.SkippedItem;
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
 * @param skipped the files that could not be used, which are not measured
 * @param details what is not a number, for programs; an empty object if there is nothing
 */
public record Evaluation(
    Path checkpoint,
    Map<String, Number> metrics,
    List<String> text,
    List<SkippedItem> skipped,
    JsonObject details) {

  /** Copies metrics, text, skipped files and details. */
  public Evaluation {
    Objects.requireNonNull(checkpoint, "checkpoint");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    text = List.copyOf(text);
    skipped = List.copyOf(skipped);
    details = details.deepCopy();
  }

  /** An evaluation without details. */
  public Evaluation(
      Path checkpoint, Map<String, Number> metrics, List<String> text, List<SkippedItem> skipped) {
    this(checkpoint, metrics, text, skipped, new JsonObject());
  }

  /** Returns a copy of what is not a number. */
  @Override
  public JsonObject details() {
    return details.deepCopy();
  }

  /** An evaluation for which all files could be used. */
  public Evaluation(Path checkpoint, Map<String, Number> metrics, List<String> text) {
    this(checkpoint, metrics, text, List.of());
  }
}
