package dev.recal.graphs.task;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What the runs of a {@link Study} achieved, with mean and deviation of each metric.
 *
 * @param name of the recipe
 * @param results of the finished runs, at least one
 */
public record TrialResults(String name, List<TrialResult> results) {

  /** The results as JSON, in the directory of the study. */
  public static final String JSON = "results.json";

  /** The results as a table in Markdown, in the directory of the study. */
  public static final String TABLE = "results.md";

  private static final double LARGE = 100;

  /**
   * Mean and deviation of one metric.
   *
   * @param runs that have the metric
   * @param mean over them
   * @param deviation the standard deviation of a sample (n − 1); empty for one run
   */
  public record Spread(int runs, double mean, OptionalDouble deviation) {

    /**
     * Computes it.
     *
     * @param values at least one
     */
    public static Spread of(double... values) {
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      double mean = sum / values.length;
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      return new Spread(
          values.length,
          mean,
          values.length == 1
              ? OptionalDouble.empty()
              : OptionalDouble.of(Math.sqrt(squares / (values.length - 1))));
    }

    /** Returns “mean ± deviation” with four digits after the point, of large numbers with one. */
    @Override
    public String toString() {
      String format = Math.abs(mean) < LARGE ? "%.4f" : "%,.1f";
      String text = String.format(Locale.ROOT, format, mean);
      return deviation.isEmpty()
          ? text
          : text + " ± " + String.format(Locale.ROOT, format, deviation.getAsDouble());
    }
  }

  /** Copies the results. */
  public TrialResults {
    Objects.requireNonNull(name, "name");
    results = List.copyOf(results);
    if (results.isEmpty()) {
      throw new IllegalArgumentException("results: expected at least one.");
    }
  }

  /** Returns the spread of each metric, by name, over the runs that have it. */
  public Map<String, Spread> spreads() {
    Set<String> names = new LinkedHashSet<>();
    results.forEach(result -> names.addAll(result.metrics().keySet()));
    Map<String, Spread> spreads = new LinkedHashMap<>();
    for (String metric : names) {
      double[] values =
          results.stream()
              .map(TrialResult::metrics)
              .filter(metrics -> metrics.containsKey(metric))
              .mapToDouble(metrics -> metrics.get(metric))
              .toArray();
      spreads.put(metric, Spread.of(values));
    }
    return spreads;
  }

  /** Returns a table in Markdown: a row for each run and one for all of them. */
  public String table() {
    Map<String, Spread> spreads = spreads();
    List<String> lines = new ArrayList<>();
    lines.add("| " + name + " | " + String.join(" | ", spreads.keySet()) + " |");
    lines.add("|---" + "|---".repeat(spreads.size()) + "|");
    for (TrialResult result : results) {
      StringBuilder row = new StringBuilder("| " + result.trial());
      for (String metric : spreads.keySet()) {
        Double value = result.metrics().get(metric);
        row.append(" | ").append(value == null ? "" : cell(value));
      }
      lines.add(row + " |");
    }
    StringBuilder row = new StringBuilder("| mean ± deviation");
    spreads.values().forEach(spread -> row.append(" | ").append(spread));
    lines.add(row + " |");
    return String.join("\n", lines) + "\n";
  }

  private static String cell(double value) {
    return value == Math.rint(value) && Math.abs(value) > 1
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  /**
   * Writes both files.
   *
   * @throws IOException if they cannot be written
   */
  public void write(Path directory) throws IOException {
    String json =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json()) + "\n";
    AtomicFiles.write(directory.resolve(JSON), json.getBytes(StandardCharsets.UTF_8));
    AtomicFiles.write(directory.resolve(TABLE), table().getBytes(StandardCharsets.UTF_8));
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    JsonArray runs = new JsonArray();
    results.forEach(result -> runs.add(result.json()));
    json.add("runs", runs);
    JsonObject metrics = new JsonObject();
    spreads()
        .forEach(
            (metric, spread) -> {
              JsonObject values = new JsonObject();
              values.addProperty("runs", spread.runs());
              add(values, "mean", spread.mean());
              spread.deviation().ifPresent(deviation -> add(values, "deviation", deviation));
              metrics.add(metric, values);
            });
    json.add("metrics", metrics);
    return json;
  }

  // JSON has no NaN.
  private static void add(JsonObject values, String member, double number) {
    if (Double.isFinite(number)) {
      values.addProperty(member, number);
    }
  }
}
