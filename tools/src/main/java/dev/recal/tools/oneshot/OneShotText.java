package dev.recal.tools.oneshot;

import dev.recal.graphs.synthesis.metrics.FeatureDescription;
import dev.recal.graphs.synthesis.oneshot.metrics.OneShotReport;
import dev.recal.tools.console.Table;
import java.io.PrintWriter;
import java.util.Locale;

/** The metrics of samples of one image, as text to read. */
public final class OneShotText {

  private OneShotText() {}

  /** Prints all metrics and their basis. */
  public static void print(PrintWriter out, OneShotReport report) {
    FeatureDescription features = report.features();
    out.printf(
        Locale.ROOT,
        "Features   %s: %d, %s%n",
        features.name(),
        features.dimensions(),
        features.resizing());
    out.printf(Locale.ROOT, "Samples    %d%n%n", report.samples());
    Table table = Table.of("measure", ">value", "");
    table.row(
        features.singleImageName(),
        number(report.distance()),
        String.format(
            Locale.ROOT,
            "lower is better; ± %s over the samples",
            number(report.distanceDeviation())));
    table.row(
        "diversity",
        number(report.diversity()),
        "0 if all samples are equal, relative to the training image's contrast");
    table.print(out);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 1e-3 ? "%.3g" : "%.5f", value);
  }
}
