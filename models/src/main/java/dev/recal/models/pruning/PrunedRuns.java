package dev.recal.models.pruning;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.files.AtomicFiles;
import dev.recal.graphs.files.CsvLine;
import dev.recal.graphs.pruning.PruningChart;
import dev.recal.graphs.pruning.PruningCurve;
import dev.recal.graphs.pruning.PruningPoint;
import dev.recal.graphs.pruning.PruningSeries;
import dev.recal.graphs.task.TrialResults.Spread;
import dev.recal.ops.json.JsonRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Accuracy against the share of pruned channels, of several networks.
 *
 * @param groups of runs that differ in their seeds only; all of the same shares
 */
public record PrunedRuns(List<Group> groups) {

  /** The names of its files. */
  public static final String TABLE = "pruning.md";

  /** The points as comma-separated values. */
  public static final String CSV = "pruning.csv";

  /** Everything that was measured. */
  public static final String JSON = "pruning.json";

  /** The curves. */
  public static final String PICTURE = "pruning.png";

  private static final List<String> HEADS =
      List.of(
          "network", "run", "ranking", "share", "prunedChannels", "removableMultiplyAdds", "top1");

  /**
   * Runs of one network.
   *
   * @param name of the network
   * @param runs at least one
   */
  public record Group(String name, List<PrunedRun> runs) {

    /** Copies the runs. */
    public Group {
      runs = List.copyOf(runs);
    }

    private PruningSeries byGates() {
      return new PruningSeries(name, runs.stream().map(PrunedRun::byGates).toList());
    }

    private PruningSeries byChance() {
      return new PruningSeries(
          name + ", random channels",
          runs.stream().flatMap(run -> run.byChance().stream()).toList());
    }

    private boolean hasControls() {
      return !runs.get(0).seeds().isEmpty();
    }
  }

  /** Copies the groups. */
  public PrunedRuns {
    groups = List.copyOf(groups);
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("groups: expected at least one, but got none.");
    }
  }

  private List<PruningSeries> series() {
    List<PruningSeries> all = new ArrayList<>();
    for (Group group : groups) {
      all.add(group.byGates());
      if (group.hasControls()) {
        all.add(group.byChance());
      }
    }
    return all;
  }

  /** Returns the heads of the table's columns. */
  public List<String> columns() {
    List<String> heads = new ArrayList<>(List.of("share"));
    series().forEach(series -> heads.add(series.name()));
    return heads;
  }

  /** Returns a row for each share: top-1 of each network, with the deviation over its runs. */
  public List<List<String>> rows() {
    List<PruningSeries> series = series();
    List<Double> shares = series.get(0).shares();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < shares.size(); i++) {
      int point = i;
      List<String> row = new ArrayList<>(List.of(PrunedExport.text(shares.get(i))));
      series.forEach(one -> row.add(Spread.of(one.accuracies(point)).toString()));
      rows.add(row);
    }
    return rows;
  }

  /**
   * Writes table, numbers and curves.
   *
   * @throws IOException if they cannot be written
   */
  public void write(Path directory) throws IOException {
    write(directory.resolve(TABLE), markdown());
    write(directory.resolve(CSV), csv());
    String json =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json());
    write(directory.resolve(JSON), json + "\n");
    List<PruningSeries> controls =
        groups.stream().filter(Group::hasControls).map(Group::byChance).toList();
    PrunedRun first = groups.get(0).runs().get(0);
    String title =
        String.format(Locale.ROOT, "Pruning channels by their gates, %,d images", first.images());
    PruningChart.draw(
        groups.stream().map(Group::byGates).toList(),
        controls,
        title,
        first.classes(),
        directory.resolve(PICTURE));
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(line(columns())).append("|---".repeat(columns().size())).append("|\n");
    rows().forEach(row -> text.append(line(row)));
    return text.toString();
  }

  private static String line(List<String> cells) {
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private String csv() {
    StringBuilder text = new StringBuilder(CsvLine.of(HEADS));
    for (Group group : groups) {
      for (int i = 0; i < group.runs().size(); i++) {
        for (PruningCurve curve : group.runs().get(i).curves()) {
          for (PruningPoint point : curve.points()) {
            text.append(
                CsvLine.of(
                    List.of(
                        group.name(),
                        String.valueOf(i + 1),
                        curve.ranking(),
                        String.valueOf(point.share()),
                        String.valueOf(point.cost().channels()),
                        String.valueOf(point.cost().removableMultiplyAdds()),
                        String.valueOf(point.accuracy()))));
          }
        }
      }
    }
    return text.toString();
  }

  private JsonObject json() {
    JsonArray networks = new JsonArray();
    for (Group group : groups) {
      JsonObject network = new JsonObject();
      network.addProperty("name", group.name());
      JsonArray runs = new JsonArray();
      group.runs().forEach(run -> runs.add(JsonRecords.sealed().write(run)));
      network.add("runs", runs);
      JsonArray means = new JsonArray();
      PruningSeries series = group.byGates();
      for (int i = 0; i < series.shares().size(); i++) {
        Spread spread = Spread.of(series.accuracies(i));
        JsonObject point = new JsonObject();
        point.addProperty("share", series.shares().get(i));
        point.addProperty("mean", spread.mean());
        spread.deviation().ifPresent(deviation -> point.addProperty("deviation", deviation));
        means.add(point);
      }
      network.add("top1", means);
      networks.add(network);
    }
    JsonObject json = new JsonObject();
    json.add("networks", networks);
    return json;
  }
}
