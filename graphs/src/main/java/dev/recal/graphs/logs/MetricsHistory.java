package dev.recal.graphs.logs;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.ops.files.FileFailures;
import dev.recal.ops.json.JsonException;
import dev.recal.ops.json.JsonRecords;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The contents of a metrics file, in step order.
 *
 * <p>Of several lines for one step, or for one evaluation of a name at one step, the last counts: a
 * resumed run repeats evaluations made after its checkpoint.
 *
 * @param name the name of the newest run in the file, empty when there is none
 * @param steps one report for each step
 * @param evaluations by name, then by step
 * @param laterStages the steps before which a stage other than the first begins, ascending
 * @param plannedSteps the steps of all stages that the newest run was started or resumed with; 0
 *     when there is none
 * @param damagedLines invalid lines, such as one truncated by a kill; they are skipped
 */
public record MetricsHistory(
    String name,
    List<StepReport> steps,
    SortedMap<String, List<EvaluationReport>> evaluations,
    List<Long> laterStages,
    long plannedSteps,
    int damagedLines) {

  /**
   * Reads a metrics file of a finished or running run.
   *
   * @throws UncheckedIOException if the file cannot be read
   */
  public static MetricsHistory read(Path file) {
    Collector collector = new Collector();
    // Not Files.newBufferedReader: it rejects a file whose last line was truncated inside a
    // character.
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        collector.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              Locale.ROOT, "Cannot read the metrics file %s: %s.", file, FileFailures.reason(e)),
          e);
    }
    return collector.history();
  }

  /** The JSON object of a line, or empty if the line is truncated. */
  static Optional<JsonObject> parse(String line) {
    try {
      JsonElement element = JsonRecords.parse(line);
      if (element.isJsonObject()
          && element.getAsJsonObject().has(MetricsJson.KIND)
          && element.getAsJsonObject().has(MetricsJson.STEP)) {
        return Optional.of(element.getAsJsonObject());
      }
    } catch (JsonException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static final class Collector {
    private final SortedMap<Long, StepReport> steps = new TreeMap<>();
    private final SortedMap<String, SortedMap<Long, EvaluationReport>> evaluations =
        new TreeMap<>();
    private final SortedSet<Long> laterStages = new TreeSet<>();
    private String name = "";
    private long plannedSteps;
    private int damaged;

    void add(String line) {
      if (line.isBlank()) {
        return;
      }
      Optional<JsonObject> object = parse(line);
      if (object.isEmpty()) {
        damaged++;
        return;
      }
      try {
        add(object.get());
      } catch (RuntimeException e) {
        // Gson throws four kinds of these for a field that is missing or of another type.
        damaged++;
      }
    }

    private void add(JsonObject line) {
      switch (line.get(MetricsJson.KIND).getAsString()) {
        case MetricsJson.RUN -> {
          name = line.get("name").getAsString();
          boolean isOnly = !line.has(MetricsJson.RUN_STEPS);
          plannedSteps =
              line.get(isOnly ? MetricsJson.TOTAL_STEPS : MetricsJson.RUN_STEPS).getAsLong();
          long first =
              line.has(MetricsJson.STAGE_FIRST_STEP)
                  ? line.get(MetricsJson.STAGE_FIRST_STEP).getAsLong()
                  : 0;
          if (first > 0) {
            laterStages.add(first);
          }
        }
        case MetricsJson.STEP -> {
          StepReport report = MetricsJson.step(line);
          steps.put(report.step(), report);
        }
        case MetricsJson.EVALUATION -> {
          EvaluationReport report = MetricsJson.evaluation(line);
          evaluations
              .computeIfAbsent(report.name(), key -> new TreeMap<>())
              .put(report.step(), report);
        }
        default -> {
          // Messages, and kinds that a later version may add.
        }
      }
    }

    MetricsHistory history() {
      SortedMap<String, List<EvaluationReport>> lists = new TreeMap<>();
      evaluations.forEach((key, reports) -> lists.put(key, values(reports.values())));
      return new MetricsHistory(
          name, values(steps.values()), lists, values(laterStages), plannedSteps, damaged);
    }

    private static <T> List<T> values(Collection<T> values) {
      return List.copyOf(values);
    }
  }
}
