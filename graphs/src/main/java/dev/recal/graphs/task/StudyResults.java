package dev.recal.graphs.task;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.recal.graphs.charts.BarChart;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.files.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the finished runs of a {@link Study} achieved, by variation.
 *
 * @param name of the recipe
 * @param score the metric that compares variations, of which more is better
 * @param rows of the variations with finished runs, at least one
 */
public record StudyResults(String name, String score, List<Row> rows) {

  /** The results as comma-separated values, in the directory of the study. */
  public static final String CSV = "results.csv";

  /** The scores as a bar chart, in the directory of the study. */
  public static final String PICTURE = "results.png";

  private static final String IMAGES = "images";

  /**
   * The finished runs of a variation.
   *
   * @param variation of the recipe
   * @param results of its runs
   */
  public record Row(StudyVariation variation, TrialResults results) {

    /** Returns the cost of the network, the same in all of its runs. */
    public Optional<TrialResult.Cost> cost() {
      return results.results().stream().flatMap(result -> result.cost().stream()).findFirst();
    }

    /** Returns how many of the runs diverged. */
    public long diverged() {
      return results.results().stream().filter(TrialResult::diverged).count();
    }

    /** Returns the spread of a metric, where its runs have it. */
    public Optional<TrialResults.Spread> spread(String metric) {
      return Optional.ofNullable(results.spreads().get(metric));
    }
  }

  /** Copies the rows. */
  public StudyResults {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(score, "score");
    rows = List.copyOf(rows);
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("rows: expected at least one.");
    }
  }

  /**
   * Returns the results of a study.
   *
   * @param finished the results of the finished runs, by trial
   */
  public static StudyResults of(Study study, Map<Study.Trial, TrialResult> finished) {
    Map<StudyVariation, List<TrialResult>> byVariation = new LinkedHashMap<>();
    finished.forEach(
        (trial, result) ->
            byVariation
                .computeIfAbsent(trial.variation(), variation -> new ArrayList<>())
                .add(result));
    List<Row> rows = new ArrayList<>();
    byVariation.forEach(
        (variation, results) -> {
          boolean alone = variation.equals(StudyVariation.NONE);
          String title = alone ? study.recipe().name() : variation.name();
          rows.add(new Row(variation, new TrialResults(title, results)));
        });
    return new StudyResults(study.recipe().name(), Tasks.scoreName(study.recipe()), rows);
  }

  /** Returns whether variations are compared, rather than one recipe repeated. */
  public boolean comparesVariations() {
    return !rows.get(0).variation().equals(StudyVariation.NONE);
  }

  /** Returns the variation with the best mean score, if runs have one. */
  public Optional<Row> best() {
    return rows.stream()
        .filter(row -> row.spread(score).filter(s -> Double.isFinite(s.mean())).isPresent())
        .max(Comparator.comparingDouble(row -> row.spread(score).orElseThrow().mean()));
  }

  /** Returns the names of all metrics. */
  Set<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.results().spreads().keySet()));
    return names;
  }

  /** Returns a table with the score of each variation. */
  public StudyTable table() {
    return StudyTable.of(this, List.of(score));
  }

  /** Returns a table with all metrics but numbers of images. */
  public StudyTable wholeTable() {
    List<String> shown =
        metrics().stream()
            .filter(metric -> !metric.equals(IMAGES) && !metric.startsWith(IMAGES + " "))
            .toList();
    return StudyTable.of(this, shown);
  }

  /**
   * Writes the results as JSON, Markdown and, of variations, comma-separated values.
   *
   * @throws IOException if they cannot be written
   */
  public void write(Path directory) throws IOException {
    if (!comparesVariations()) {
      rows.get(0).results().write(directory);
      return;
    }
    String json =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json()) + "\n";
    write(directory.resolve(TrialResults.JSON), json);
    write(directory.resolve(TrialResults.TABLE), wholeTable().markdown(name));
    write(directory.resolve(CSV), StudyTable.csv(this));
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Draws the mean score of each variation as a bar, with its deviation and runs.
   *
   * @return whether there is a picture: not for one recipe repeated, or runs without score
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public boolean draw(Path directory) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (Row row : rows) {
      row.spread(score)
          .filter(spread -> Double.isFinite(spread.mean()))
          .ifPresent(spread -> bars.add(bar(row, spread)));
    }
    if (!comparesVariations() || bars.isEmpty()) {
      return false;
    }
    int runs = rows.stream().mapToInt(row -> row.results().results().size()).max().orElse(1);
    String explained = runs > 1 ? ": mean, standard deviation, runs" : "";
    PngFiles.write(directory.resolve(PICTURE), new BarChart(name, score + explained, bars)::draw);
    return true;
  }

  private BarChart.Bar bar(Row row, TrialResults.Spread spread) {
    List<Double> points =
        row.results().results().stream()
            .map(result -> result.metrics().get(score))
            .filter(Objects::nonNull)
            .toList();
    return new BarChart.Bar(
        row.variation().name(), spread.mean(), spread.deviation(), points, spread.toString());
  }

  private JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("score", score);
    JsonArray array = new JsonArray();
    for (Row row : rows) {
      JsonObject object = new JsonObject();
      object.addProperty("name", row.variation().name());
      JsonObject settings = new JsonObject();
      row.variation().settings().forEach(s -> settings.addProperty(s.name(), s.value()));
      object.add("settings", settings);
      row.cost()
          .ifPresent(
              cost -> {
                object.addProperty("parameters", cost.parameters());
                object.addProperty("multiplyAdds", cost.multiplyAdds());
              });
      for (Map.Entry<String, JsonElement> member : row.results().json().entrySet()) {
        if (!member.getKey().equals("name")) {
          object.add(member.getKey(), member.getValue());
        }
      }
      array.add(object);
    }
    json.add("variations", array);
    return json;
  }
}
