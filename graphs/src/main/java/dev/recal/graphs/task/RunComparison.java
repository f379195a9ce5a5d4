package dev.recal.graphs.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.files.CsvLine;
import dev.recal.graphs.logs.MetricCurve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs of one task beside each other: the settings that differ, and their metrics.
 *
 * @param runs at least two, of one task
 */
public record RunComparison(List<ComparedRun> runs) {

  private static final Set<String> SHARES = Set.of("top1", "top5", "accuracy", "balancedAccuracy");

  /** Rejects too few runs, and runs of different tasks. */
  public RunComparison {
    runs = List.copyOf(runs);
    if (runs.size() < 2) {
      throw new IllegalArgumentException(
          "runs: expected at least 2 runs to compare, but got " + runs.size() + ".");
    }
    ComparedRun first = runs.get(0);
    for (ComparedRun run : runs) {
      if (!run.task().equals(first.task())) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "runs: expected runs of one task, but %s is of '%s', and %s of '%s'.",
                first.name(),
                first.task(),
                run.name(),
                run.task()));
      }
    }
  }

  /**
   * Reads runs.
   *
   * @param directories of runs, or of studies, which stand for their runs
   * @throws IOException if files cannot be read
   * @throws IllegalArgumentException if there is no run, or these cannot be compared
   */
  public static RunComparison read(Collection<Path> directories) throws IOException {
    Set<Path> places = new LinkedHashSet<>();
    for (Path directory : directories) {
      if (Study.isAt(directory)) {
        Study.read(directory).trials().stream()
            .map(trial -> directory.resolve(trial.name()))
            .filter(RunDirectory::isAt)
            .forEach(places::add);
      } else {
        places.add(directory);
      }
    }
    List<ComparedRun> runs = new ArrayList<>();
    for (Map.Entry<Path, String> place : names(places).entrySet()) {
      runs.add(ComparedRun.read(place.getValue(), place.getKey()));
    }
    return new RunComparison(runs);
  }

  // The ends of the paths, as short as they are distinct.
  private static Map<Path, String> names(Set<Path> places) {
    Map<Path, String> names = new LinkedHashMap<>();
    for (int length = 1; names.isEmpty(); length++) {
      boolean whole = true;
      for (Path place : places) {
        Path full = place.toAbsolutePath().normalize();
        int count = full.getNameCount();
        whole &= length >= count;
        names.put(place, full.subpath(Math.max(0, count - length), count).toString());
      }
      if (!whole && new LinkedHashSet<>(names.values()).size() < names.size()) {
        names.clear();
      }
    }
    return names;
  }

  /**
   * Returns the settings that differ: the value of each run by dotted key, empty where a run does
   * not have the setting.
   */
  public Map<String, List<String>> differences() {
    Set<String> keys = new LinkedHashSet<>();
    runs.forEach(run -> keys.addAll(run.settings().keySet()));
    keys.remove("name");
    Map<String, List<String>> differences = new LinkedHashMap<>();
    for (String key : keys) {
      List<String> values = runs.stream().map(run -> run.settings().getOrDefault(key, "")).toList();
      if (Set.copyOf(values).size() > 1) {
        differences.put(key, values);
      }
    }
    return differences;
  }

  /** Returns the tags of all metrics that a run has. */
  public List<String> tags() {
    Set<String> tags = new LinkedHashSet<>();
    runs.forEach(run -> tags.addAll(run.metrics().keySet()));
    return List.copyOf(tags);
  }

  /**
   * Returns the tags that are shown where none are chosen: loss and accuracy of training, and the
   * metrics of the evaluations.
   */
  public List<String> mainTags() {
    return tags().stream()
        .filter(
            tag ->
                !tag.startsWith("train/")
                    || tag.equals("train/loss")
                    || tag.equals("train/accuracy"))
        .toList();
  }

  /**
   * Returns the best value of a metric that was evaluated: the lowest of a loss, the highest of an
   * accuracy or of the task's score. Empty for others, and for metrics of training.
   */
  public Optional<MetricCurve.Point> best(MetricCurve metric) {
    if (metric.isOfTraining()) {
      return Optional.empty();
    }
    if (metric.isLoss()) {
      return Optional.of(metric.lowest());
    }
    String name = metric.tag().substring(metric.tag().lastIndexOf('/') + 1);
    boolean moreIsBetter = SHARES.contains(name) || name.equals(runs.get(0).score());
    return moreIsBetter ? Optional.of(metric.highest()) : Optional.empty();
  }

  /** Returns the metrics of each run by its name. */
  public Map<String, Map<String, MetricCurve>> metrics() {
    Map<String, Map<String, MetricCurve>> metrics = new LinkedHashMap<>();
    runs.forEach(run -> metrics.put(run.name(), run.metrics()));
    return metrics;
  }

  /**
   * Returns a line for each run, after a head: its name, steps, the settings that differ, and the
   * last and best value of each metric.
   */
  public String csv() {
    Map<String, List<String>> differences = differences();
    List<String> head = new ArrayList<>(List.of("run", "steps"));
    head.addAll(differences.keySet());
    tags().forEach(tag -> head.addAll(List.of(tag + " last", tag + " best", tag + " best step")));
    StringBuilder csv = new StringBuilder(CsvLine.of(head));
    for (int i = 0; i < runs.size(); i++) {
      ComparedRun run = runs.get(i);
      List<String> cells = new ArrayList<>(List.of(run.name(), Long.toString(run.steps())));
      for (List<String> values : differences.values()) {
        cells.add(values.get(i));
      }
      for (String tag : tags()) {
        Optional<MetricCurve> metric = Optional.ofNullable(run.metrics().get(tag));
        Optional<MetricCurve.Point> best = metric.flatMap(this::best);
        cells.add(metric.map(curve -> Double.toString(curve.last().value())).orElse(""));
        cells.add(best.map(point -> Double.toString(point.value())).orElse(""));
        cells.add(best.map(point -> Long.toString(point.step())).orElse(""));
      }
      csv.append(CsvLine.of(cells));
    }
    return csv.toString();
  }

  /** Returns the same as JSON; values that are not finite are text. */
  public JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("task", runs.get(0).task());
    Map<String, List<String>> differences = differences();
    JsonArray array = new JsonArray();
    for (int i = 0; i < runs.size(); i++) {
      ComparedRun run = runs.get(i);
      JsonObject object = new JsonObject();
      object.addProperty("run", run.name());
      object.addProperty("steps", run.steps());
      JsonObject settings = new JsonObject();
      int column = i;
      differences.forEach((key, values) -> settings.addProperty(key, values.get(column)));
      object.add("settings", settings);
      JsonObject metrics = new JsonObject();
      run.metrics().forEach((tag, metric) -> metrics.add(tag, json(metric)));
      object.add("metrics", metrics);
      array.add(object);
    }
    json.add("runs", array);
    return json;
  }

  private JsonObject json(MetricCurve metric) {
    JsonObject json = new JsonObject();
    add(json, "last", metric.last());
    best(metric).ifPresent(point -> add(json, "best", point));
    return json;
  }

  private static void add(JsonObject json, String name, MetricCurve.Point point) {
    if (Double.isFinite(point.value())) {
      json.addProperty(name, point.value());
    } else {
      json.addProperty(name, Double.toString(point.value()));
    }
    json.addProperty(name + "Step", point.step());
  }
}
