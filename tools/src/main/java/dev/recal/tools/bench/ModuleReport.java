package dev.recal.tools.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.ModuleResult.Cost;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The results of modules as tables and as JSON. */
public final class ModuleReport {

  private static final double MEBIBYTE = 1 << 20;

  private final List<ModuleResult> results;

  /** Creates a report of results in measurement order. */
  public ModuleReport(List<ModuleResult> results) {
    this.results = List.copyOf(results);
  }

  /** Returns one object for each result: seconds, bytes, and ratios to the plain block. */
  public JsonArray toJson() {
    JsonArray rows = new JsonArray();
    for (ModuleResult result : results) {
      JsonObject row = new JsonObject();
      BlockStage stage = result.stage();
      row.addProperty("module", result.subject().name());
      row.addProperty("place", word(result.subject().place()));
      row.addProperty("stage", stage.number());
      row.addProperty("size", stage.size());
      row.addProperty("channels", result.subject().place().channels(stage));
      row.addProperty("batch", result.batch());
      row.addProperty("precision", word(result.precision()));
      row.addProperty("forwardRatio", result.forwardRatio());
      row.addProperty("stepRatio", result.stepRatio());
      row.addProperty("forwardBytesRatio", result.forwardBytesRatio());
      row.addProperty("stepBytesRatio", result.stepBytesRatio());
      row.add("block", json(result.block()));
      row.add("plain", json(result.plain()));
      rows.add(row);
    }
    return rows;
  }

  private static JsonObject json(Cost cost) {
    JsonObject json = new JsonObject();
    json.addProperty("forwardSeconds", cost.forwardSeconds());
    json.addProperty("stepSeconds", cost.stepSeconds());
    json.addProperty("forwardBytes", cost.forwardBytes());
    json.addProperty("stepBytes", cost.stepBytes());
    return json;
  }

  /** Prints a table of the plain blocks, and one of ratios for each precision and batch. */
  public void print(PrintWriter out) {
    for (Precision precision : results.stream().map(ModuleResult::precision).distinct().toList()) {
      for (int batch : results.stream().map(ModuleResult::batch).distinct().toList()) {
        List<ModuleResult> some =
            results.stream().filter(f -> f.precision() == precision && f.batch() == batch).toList();
        if (!some.isEmpty()) {
          out.println(word(precision) + ", batch " + batch);
          out.println();
          plain(out, some);
          out.println();
          ratios(out, some);
          out.println();
        }
      }
    }
    out.println(
        "fwd: the exported model; f+b: forward and backward in training; mem: peak memory of f+b.");
    out.println("Plain blocks in ms and MiB; modules as ratios to the plain block, measured in");
    out.println("alternation; medians. Gates follow the 1×1 convolution and BN, at four times the");
    out.println(
        "channels; the other modules have the shape of the 3×3 convolution: see docs/modules.md.");
  }

  private static void plain(PrintWriter out, List<ModuleResult> some) {
    List<BlockStage> stages = stages(some);
    Table table = Table.of(columns("plain block of", "", stages));
    for (ModulePlace place : ModulePlace.values()) {
      List<ModuleResult> here =
          some.stream().filter(result -> result.subject().place() == place).toList();
      if (!here.isEmpty()) {
        List<String> cells = new ArrayList<>(List.of(word(place), ""));
        for (BlockStage stage : stages) {
          List<Cost> costs =
              here.stream().filter(f -> f.stage().equals(stage)).map(ModuleResult::plain).toList();
          cells.add(number(median(costs, Cost::forwardSeconds) * 1e3, "%.2f"));
          cells.add(number(median(costs, Cost::stepSeconds) * 1e3, "%.2f"));
          cells.add(number(median(costs, Cost::stepBytes) / MEBIBYTE, "%.1f"));
        }
        table.row(cells.toArray(String[]::new));
      }
    }
    table.print(out);
  }

  private static void ratios(PrintWriter out, List<ModuleResult> some) {
    List<BlockStage> stages = stages(some);
    Table table = Table.of(columns("module", "place", stages));
    for (ModuleSubject subject : some.stream().map(ModuleResult::subject).distinct().toList()) {
      List<String> cells = new ArrayList<>(List.of(subject.name(), word(subject.place())));
      for (BlockStage stage : stages) {
        Optional<ModuleResult> result =
            some.stream()
                .filter(f -> f.subject().equals(subject) && f.stage().equals(stage))
                .findFirst();
        cells.add(ratio(result, ModuleResult::forwardRatio));
        cells.add(ratio(result, ModuleResult::stepRatio));
        cells.add(ratio(result, ModuleResult::stepBytesRatio));
      }
      table.row(cells.toArray(String[]::new));
    }
    table.print(out);
  }

  private static List<BlockStage> stages(List<ModuleResult> some) {
    return some.stream().map(ModuleResult::stage).distinct().toList();
  }

  private static String[] columns(String first, String second, List<BlockStage> stages) {
    List<String> columns = new ArrayList<>(List.of(first, second));
    for (BlockStage stage : stages) {
      columns.addAll(List.of(">" + stage.size() + "²: fwd", ">f+b", ">mem"));
    }
    return columns.toArray(String[]::new);
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> value) {
    return costs.isEmpty() ? Double.NaN : Medians.of(costs.stream().mapToDouble(value).toArray());
  }

  private static String ratio(Optional<ModuleResult> result, ToDoubleFunction<ModuleResult> value) {
    return result.map(f -> number(value.applyAsDouble(f), "%.2f")).orElse("-");
  }

  private static String number(double value, String format) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
