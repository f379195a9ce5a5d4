package dev.recal.graphs.task;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.logs.MetricCurve;
import dev.recal.graphs.logs.MetricsHistory;
import dev.recal.graphs.logs.TrainingLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A run of a {@link RunComparison}.
 *
 * @param name distinct among the runs that are compared
 * @param task the name of its task
 * @param score what its score is called
 * @param settings every setting of its recipe by dotted key, as JSON; elements of lists of objects
 *     as {@code key[0]}
 * @param metrics by tag; none before its first step
 */
public record ComparedRun(
    String name,
    String task,
    String score,
    Map<String, String> settings,
    Map<String, MetricCurve> metrics) {

  /** Copies the maps. */
  public ComparedRun {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(score, "score");
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * Reads a run.
   *
   * @throws IOException if its files cannot be read
   * @throws IllegalArgumentException if there is no run, or its recipe is damaged
   */
  public static ComparedRun read(String name, Path directory) throws IOException {
    RunDirectory<?> run = RunDirectory.open(directory);
    Path file = directory.resolve(TrainingLogs.METRICS_FILE);
    Map<String, MetricCurve> metrics =
        Files.isRegularFile(file) ? MetricCurve.of(MetricsHistory.read(file)) : Map.of();
    return new ComparedRun(
        name, run.task().name(), Tasks.scoreName(run.recipe()), settings(run.recipe()), metrics);
  }

  /** Returns every setting of a recipe by dotted key, as {@link #settings()} has them. */
  public static Map<String, String> settings(Recipe recipe) {
    Map<String, String> settings = new LinkedHashMap<>();
    flatten(RecipeJson.object(recipe), "", settings);
    return settings;
  }

  private static void flatten(JsonElement value, String place, Map<String, String> settings) {
    if (value.isJsonObject()) {
      JsonObject object = value.getAsJsonObject();
      for (String key : object.keySet()) {
        flatten(object.get(key), place.isEmpty() ? key : place + "." + key, settings);
      }
    } else if (value.isJsonArray()
        && !value.getAsJsonArray().isEmpty()
        && value.getAsJsonArray().get(0).isJsonObject()) {
      for (int i = 0; i < value.getAsJsonArray().size(); i++) {
        flatten(value.getAsJsonArray().get(i), place + "[" + i + "]", settings);
      }
    } else {
      boolean text = value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
      settings.put(place, text ? value.getAsString() : value.toString());
    }
  }

  /** Returns the last step of which it has metrics; 0 without any. */
  public long steps() {
    return metrics.values().stream().mapToLong(curve -> curve.last().step()).max().orElse(0);
  }
}
