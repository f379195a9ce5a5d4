package dev.recal.graphs.classification;

import dev.recal.graphs.classification.metrics.ClassificationSummary;
import dev.recal.graphs.classification.metrics.ConfusionTable;
import dev.recal.graphs.objective.MetricRows;
import dev.recal.graphs.objective.NumberErrors;
import dev.recal.graphs.objective.OutputKind;
import dev.recal.graphs.objective.SeveralClassesScores;
import dev.recal.ops.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What an evaluation measured, for people and as metrics by name. */
final class MeasuredText {

  private MeasuredText() {}

  /** Returns the score with its name. */
  static String score(Measured measured) {
    double score = measured.score().orElse(Double.NaN);
    return switch (measured.kind()) {
      case ONE_CLASS -> String.format(Locale.ROOT, "top-1 %.2f %%", 100 * score);
      case SEVERAL_CLASSES -> String.format(Locale.ROOT, "mAP %.4f", score);
      case NUMBERS -> String.format(Locale.ROOT, "R² %.4f", score);
    };
  }

  /**
   * Returns a table of the classes or numbers, and a line for all.
   *
   * @param names of the classes or numbers
   * @param weights what was measured, in a few words
   */
  static List<String> of(Measured measured, List<String> names, String weights) {
    List<String> text = new ArrayList<>();
    text.add(table(measured, names));
    StringBuilder line = new StringBuilder();
    line.append(Counted.of(measured.images(), "image") + ": ");
    measured.classes().ifPresent(summary -> line.append(accuracies(summary, names.size())));
    measured
        .further()
        .forEach(
            (name, value) -> line.append(String.format(Locale.ROOT, "%s %.4f, ", name, value)));
    line.append(String.format(Locale.ROOT, "loss %.4f (%s)", measured.loss(), weights));
    text.add(line.toString());
    return text;
  }

  private static String accuracies(ClassificationSummary summary, int classes) {
    String first = String.format(Locale.ROOT, "top-1 %.2f %%, ", 100 * summary.top1());
    return summary.k() < classes
        ? first + String.format(Locale.ROOT, "top-%d %.2f %%, ", summary.k(), 100 * summary.topK())
        : first;
  }

  private static String table(Measured measured, List<String> names) {
    return measured
        .classes()
        .map(summary -> ConfusionTable.render(summary.confusion(), names))
        .orElseGet(
            () ->
                measured.kind() == OutputKind.SEVERAL_CLASSES
                    ? ofClasses(measured.rows().orElseThrow(), names)
                    : ofNumbers(measured.rows().orElseThrow(), names));
  }

  private static String ofClasses(MetricRows rows, List<String> names) {
    int width = width(names);
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "%-" + width + "s  %8s  %9s  %6s  %6s  %6s\n",
            "class",
            "images",
            "precision",
            "recall",
            "F1",
            "AP"));
    for (int label = 0; label < names.size(); label++) {
      SeveralClassesScores.OfClass one = SeveralClassesScores.of(rows, label);
      table.append(
          String.format(
              Locale.ROOT,
              "%-" + width + "s  %,8d  %9.4f  %6.4f  %6.4f  %6.4f\n",
              names.get(label),
              one.images(),
              one.precision(),
              one.recall(),
              one.f1(),
              one.averagePrecision()));
    }
    return table.toString();
  }

  private static String ofNumbers(MetricRows rows, List<String> names) {
    int width = width(names);
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT, "%-" + width + "s  %12s  %12s  %8s\n", "number", "MAE", "RMSE", "R²"));
    for (int number = 0; number < names.size(); number++) {
      NumberErrors.OfNumber one = NumberErrors.of(rows, number);
      table.append(
          String.format(
              Locale.ROOT,
              "%-" + width + "s  %12.5g  %12.5g  %8.4f\n",
              names.get(number),
              one.mae(),
              one.rmse(),
              one.r2()));
    }
    return table.toString();
  }

  private static int width(List<String> names) {
    return Math.max(6, names.stream().mapToInt(String::length).max().orElse(0));
  }

  /**
   * Returns everything by name, in the order of importance.
   *
   * @param names of the classes or numbers
   */
  static Map<String, Number> metrics(Measured measured, List<String> names) {
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("images", measured.images());
    metrics.put("loss", measured.loss());
    measured
        .classes()
        .ifPresent(
            summary -> {
              metrics.put("top1", summary.top1());
              if (summary.k() < names.size()) {
                metrics.put("top" + summary.k(), summary.topK());
              }
              metrics.put("balancedAccuracy", summary.confusion().balancedAccuracy());
            });
    measured.further().forEach((name, value) -> put(metrics, name, value));
    measured.rows().ifPresent(rows -> addOfEach(metrics, measured.kind(), rows, names));
    return metrics;
  }

  private static void addOfEach(
      Map<String, Number> metrics, OutputKind kind, MetricRows rows, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (kind == OutputKind.SEVERAL_CLASSES) {
        SeveralClassesScores.OfClass one = SeveralClassesScores.of(rows, i);
        put(metrics, "AP " + names.get(i), one.averagePrecision());
        put(metrics, "f1 " + names.get(i), one.f1());
      } else {
        NumberErrors.OfNumber one = NumberErrors.of(rows, i);
        put(metrics, "mae " + names.get(i), one.mae());
        put(metrics, "rmse " + names.get(i), one.rmse());
        put(metrics, "r2 " + names.get(i), one.r2());
      }
    }
  }

  // What is undefined is left out: JSON has no NaN.
  private static void put(Map<String, Number> metrics, String name, double value) {
    if (Double.isFinite(value)) {
      metrics.put(name, value);
    }
  }
}
