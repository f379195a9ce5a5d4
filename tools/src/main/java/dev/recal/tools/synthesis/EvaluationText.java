package dev.recal.tools.synthesis;

import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.metrics.NearestNeighbours.Summary;
import dev.recal.graphs.synthesis.metrics.PairwiseDiversity;
import dev.recal.graphs.synthesis.metrics.SynthesisReport;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An evaluation of generated images, as text to read. */
public final class EvaluationText {

  private EvaluationText() {}

  /** Prints all metrics and their basis. */
  public static void print(PrintWriter out, SynthesisReport report) {
    FeatureDescription features = report.features();
    out.printf(
        Locale.ROOT,
        "Features   %s: %d, %s%n",
        features.name(),
        features.dimensions(),
        features.resizing());
    out.printf(
        Locale.ROOT, "Real       %s: %d images%n", report.reals().images(), report.reals().count());
    out.printf(
        Locale.ROOT,
        "Samples    %s: %d images%n",
        report.samples().images(),
        report.samples().count());
    out.println();
    Table table = Table.of("measure", ">value", "");
    table.row(features.frechetName(), number(report.frechetDistance()), "lower is better");
    table.row(
        features.kernelName(),
        number(report.kernelDistance().mean()),
        String.format(
            Locale.ROOT,
            "lower is better; ± %s over %d subsets of %d",
            number(report.kernelDistance().standardDeviation()),
            report.kernelDistance().subsets(),
            report.kernelDistance().subsetSize()));
    table.row(
        "precision",
        percent(report.precisionRecall().precision()),
        "of the samples lie among real images, k = " + report.neighbours());
    table.row(
        "recall",
        percent(report.precisionRecall().recall()),
        "of the real images lie among samples");
    diversity(table, report);
    near(table, report.nearest().features().summary());
    near(table, report.nearest().pixels().summary());
    table.print(out);
  }

  /** Prints the metrics of a checkpoint in one line. */
  public static void printLine(PrintWriter out, long step, SynthesisReport report) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "step %,d:", step));
    for (Map.Entry<String, Double> value : report.values().entrySet()) {
      line.append(' ').append(value.getKey()).append(' ').append(number(value.getValue()));
    }
    out.println(line);
  }

  private static void diversity(Table table, SynthesisReport report) {
    Optional<PairwiseDiversity.Score> samples = report.samples().diversity();
    Optional<PairwiseDiversity.Score> reals = report.reals().diversity();
    if (samples.isPresent() && reals.isPresent()) {
      table.row(
          "diversity of the samples",
          number(samples.get().mean()),
          String.format(
              Locale.ROOT,
              "of the real images %s (%s)",
              number(reals.get().mean()),
              report.distance().orElse("")));
    }
  }

  private static void near(Table table, Summary summary) {
    table.row(
        "near a real image by " + summary.space(),
        percent(summary.nearShare()),
        String.format(
            Locale.ROOT,
            "of the samples, of the real images 5 %%; median distances %s and %s",
            number(summary.samplesMedian()),
            number(summary.realsMedian())));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1e-3 ? "%.3g" : "%.5f", value);
  }
}
