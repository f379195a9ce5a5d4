package dev.recal.tools.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.recal.graphs.training.Precision;
import dev.recal.tools.bench.ModuleFigure.Cost;
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

  private final List<ModuleFigure> figures;

  /** Creates a report of results in measurement order. */
  public ModuleReport(List<ModuleFigure> figures) {
    this.figures = List.copyOf(figures);
  }

  /** Returns one object for each result: seconds, bytes, and ratios to the plain block. */
  public JsonArray toJson() {
    JsonArray rows = new JsonArray();
    for (ModuleFigure figure : figures) {
      JsonObject row = new JsonObject();
      BlockStage stage = figure.stage();
      row.addProperty("module", figure.subject().name());
      row.addProperty("place", word(figure.subject().place()));
      row.addProperty("stage", stage.number());
      row.addProperty("size", stage.size());
      row.addProperty("channels", figure.subject().place().channels(stage));
      row.addProperty("batch", figure.batch());
      row.addProperty("precision", word(figure.precision()));
      row.addProperty("forwardRatio", figure.forwardRatio());
      row.addProperty("stepRatio", figure.stepRatio());
      row.addProperty("forwardBytesRatio", figure.forwardBytesRatio());
      row.addProperty("stepBytesRatio", figure.stepBytesRatio());
      row.add("block", json(figure.block()));
      row.add("plain", json(figure.plain()));
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
    for (Precision precision : figures.stream().map(ModuleFigure::precision).distinct().toList()) {
      for (int batch : figures.stream().map(ModuleFigure::batch).distinct().toList()) {
        List<ModuleFigure> some =
            figures.stream().filter(f -> f.precision() == precision && f.batch() == batch).toList();
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

  private static void plain(PrintWriter out, List<ModuleFigure> some) {
    List<BlockStage> stages = stages(some);
    Table table = Table.of(columns("plain block of", "", stages));
    for (ModulePlace place : ModulePlace.values()) {
      List<ModuleFigure> here =
          some.stream().filter(figure -> figure.subject().place() == place).toList();
      if (!here.isEmpty()) {
        List<String> cells = new ArrayList<>(List.of(word(place), ""));
        for (BlockStage stage : stages) {
          List<Cost> costs =
              here.stream().filter(f -> f.stage().equals(stage)).map(ModuleFigure::plain).toList();
          cells.add(number(median(costs, Cost::forwardSeconds) * 1e3, "%.2f"));
          cells.add(number(median(costs, Cost::stepSeconds) * 1e3, "%.2f"));
          cells.add(number(median(costs, Cost::stepBytes) / MEBIBYTE, "%.1f"));
        }
        table.row(cells.toArray(String[]::new));
      }
    }
    table.print(out);
  }

  private static void ratios(PrintWriter out, List<ModuleFigure> some) {
    List<BlockStage> stages = stages(some);
    Table table = Table.of(columns("module", "place", stages));
    for (ModuleSubject subject : some.stream().map(ModuleFigure::subject).distinct().toList()) {
      List<String> cells = new ArrayList<>(List.of(subject.name(), word(subject.place())));
      for (BlockStage stage : stages) {
        Optional<ModuleFigure> figure =
            some.stream()
                .filter(f -> f.subject().equals(subject) && f.stage().equals(stage))
                .findFirst();
        cells.add(ratio(figure, ModuleFigure::forwardRatio));
        cells.add(ratio(figure, ModuleFigure::stepRatio));
        cells.add(ratio(figure, ModuleFigure::stepBytesRatio));
      }
      table.row(cells.toArray(String[]::new));
    }
    table.print(out);
  }

  private static List<BlockStage> stages(List<ModuleFigure> some) {
    return some.stream().map(ModuleFigure::stage).distinct().toList();
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

  private static String ratio(Optional<ModuleFigure> figure, ToDoubleFunction<ModuleFigure> value) {
    return figure.map(f -> number(value.applyAsDouble(f), "%.2f")).orElse("-");
  }

  private static String number(double value, String format) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
