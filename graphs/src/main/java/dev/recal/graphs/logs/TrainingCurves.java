package dev.recal.graphs.logs;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/**
 * The chart of a run: loss, accuracy and learning rate, for training (each step and a smoothed
 * line) and for each evaluation.
 *
 * <p>It is drawn from the metrics file, so it can be drawn again at any time, also of a run that
 * was killed and resumed.
 */
public final class TrainingCurves {
  private static final int WIDTH = 1280;
  private static final int PANEL_HEIGHT = 400;
  private static final int RATE_PANEL_HEIGHT = 260;

  private TrainingCurves() {}

  /**
   * Draws a metrics file as a PNG file of 1280×1116 pixels.
   *
   * @param metrics what {@link MetricsLog} wrote
   * @param png the picture, written atomically
   * @throws java.io.UncheckedIOException if the metrics cannot be read or the picture not written
   */
  public static void draw(Path metrics, Path png) {
    MetricsHistory history = MetricsHistory.read(metrics);
    PngFiles.write(png, () -> picture(history));
  }

  private static BufferedImage picture(MetricsHistory history) {
    CurveAxis axis = CurveAxis.of(history);
    return CurveSheet.draw(
        history.name(),
        subtitle(history),
        hasAccuracy(history)
            ? List.of(loss(history, axis), accuracy(history, axis), rate(history, axis))
            : List.of(loss(history, axis), rate(history, axis)));
  }

  private static boolean hasAccuracy(MetricsHistory history) {
    return history.steps().isEmpty()
        || history.steps().stream().anyMatch(report -> report.accuracy().isPresent())
        || history.evaluations().values().stream()
            .flatMap(List::stream)
            .anyMatch(report -> report.top1().isPresent());
  }

  private static String subtitle(MetricsHistory history) {
    String steps =
        history.steps().isEmpty()
            ? "no step yet"
            : LogText.format("%,d steps", history.steps().get(history.steps().size() - 1).step());
    return history.evaluations().getOrDefault(EvaluationReport.MAIN, List.of()).stream()
        .filter(report -> report.top1().isPresent())
        .max(Comparator.comparingDouble(report -> report.top1().getAsDouble()))
        .map(
            best ->
                LogText.format(
                    "%s, best top-1 %.2f %% at step %,d",
                    steps, 100 * best.top1().getAsDouble(), best.step()))
        .orElse(steps);
  }

  private static XYChart loss(MetricsHistory history, CurveAxis axis) {
    CurvePanel panel = new CurvePanel("loss", WIDTH, PANEL_HEIGHT, axis);
    Curve training = axis.steps(history, StepReport::loss);
    double top = training.quantile(0.99);
    panel.noisy("training", training, CurveSheet.span(training), Palette.BLUE);
    top = Math.max(top, evaluations(panel, history, axis, "", r -> r.loss().orElse(Double.NaN)));
    panel.from(0, top);
    return panel.chart();
  }

  private static XYChart accuracy(MetricsHistory history, CurveAxis axis) {
    CurvePanel panel = new CurvePanel("accuracy, %", WIDTH, PANEL_HEIGHT, axis);
    Curve training = axis.steps(history, report -> 100 * report.accuracy().orElse(Double.NaN));
    panel.noisy("training top-1", training, CurveSheet.span(training), Palette.BLUE);
    evaluations(panel, history, axis, " top-1", report -> 100 * report.top1().orElse(Double.NaN));
    Curve top5 =
        axis.evaluations(
            history.evaluations().getOrDefault(EvaluationReport.MAIN, List.of()),
            report -> 100 * report.top5().orElse(Double.NaN));
    panel.dots(EvaluationReport.MAIN + " top-5", top5, Palette.GREEN);
    panel.from(0, 100);
    return panel.chart();
  }

  private static XYChart rate(MetricsHistory history, CurveAxis axis) {
    CurvePanel panel = new CurvePanel("learning rate", WIDTH, RATE_PANEL_HEIGHT, axis);
    Curve rate = axis.steps(history, StepReport::learningRate);
    panel.line("learning rate", rate, Palette.PURPLE);
    panel.from(0, rate.quantile(1));
    panel.withoutLegend();
    return panel.chart();
  }

  /** Adds one curve for each name of an evaluation and returns the largest value of all. */
  private static double evaluations(
      CurvePanel panel,
      MetricsHistory history,
      CurveAxis axis,
      String suffix,
      ToDoubleFunction<EvaluationReport> value) {
    Color[] colors = {Palette.VERMILION, Palette.AMBER, Palette.PURPLE, Palette.TEXT};
    double top = Double.NEGATIVE_INFINITY;
    int index = 0;
    for (String name : history.evaluations().keySet()) {
      Curve curve = axis.evaluations(history.evaluations().get(name), value);
      panel.dots(name.replace('_', ' ') + suffix, curve, colors[index++ % colors.length]);
      top = curve.hasFinite() ? Math.max(top, curve.quantile(1)) : top;
    }
    return top;
  }
}
