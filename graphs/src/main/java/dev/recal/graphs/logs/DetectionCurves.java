package dev.recal.graphs.logs;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.knowm.xchart.XYChart;

/**
 * The chart of a detector's run: its losses, smooth; the average precision of boxes and masks of
 * each evaluation; the learning rate. It is drawn from the metrics file, so it can be drawn again
 * at any time.
 */
public final class DetectionCurves {
  private static final int WIDTH = 1280;
  private static final int PANEL_HEIGHT = 360;
  private static final int RATE_PANEL_HEIGHT = 260;
  private static final List<Color> COLOURS =
      List.of(Palette.BLUE, Palette.VERMILION, Palette.GREEN, Palette.AMBER, Palette.PURPLE);

  private DetectionCurves() {}

  /**
   * Draws a metrics file as a PNG file.
   *
   * @param metrics what {@link MetricsLog} wrote; every extra of a step is a loss, and evaluations
   *     have {@code box_AP}, {@code box_AP50}, and with masks {@code mask_AP}, {@code mask_AP50}
   * @param png the picture, written atomically
   * @throws java.io.UncheckedIOException if the metrics cannot be read or the picture not written
   */
  public static void draw(Path metrics, Path png) {
    MetricsHistory history = MetricsHistory.read(metrics);
    CurveAxis axis = CurveAxis.of(history);
    PngFiles.write(
        png,
        () ->
            CurveSheet.draw(
                history.name(),
                LogText.format("%,d steps", history.steps().size()),
                List.of(losses(history, axis), precision(history, axis), rate(history, axis))));
  }

  private static XYChart losses(MetricsHistory history, CurveAxis axis) {
    TreeSet<String> names = new TreeSet<>();
    history.steps().forEach(report -> names.addAll(report.extras().keySet()));
    CurvePanel panel = new CurvePanel("losses, smooth", WIDTH, PANEL_HEIGHT, axis);
    double top = Double.NEGATIVE_INFINITY;
    int index = 0;
    // A cascade has more losses than there are colours; those of a stage follow each other.
    for (String name : names) {
      Curve curve = axis.steps(history, report -> report.extras().getOrDefault(name, Double.NaN));
      Color colour = COLOURS.get(index % COLOURS.size());
      Color shade = index < COLOURS.size() ? colour : Palette.light(colour, 0.5);
      panel.line(name, curve.smoothed(CurveSheet.span(curve)), shade);
      top = curve.hasFinite() ? Math.max(top, curve.quantile(0.99)) : top;
      index++;
    }
    panel.from(0, top);
    return panel.chart();
  }

  private static XYChart precision(MetricsHistory history, CurveAxis axis) {
    CurvePanel panel = new CurvePanel("average precision", WIDTH, PANEL_HEIGHT, axis);
    List<EvaluationReport> reports =
        history.evaluations().getOrDefault(EvaluationReport.MAIN, List.of());
    int index = 0;
    for (String name : List.of("box_AP50", "box_AP", "mask_AP50", "mask_AP")) {
      Curve curve =
          axis.evaluations(reports, report -> report.extras().getOrDefault(name, Double.NaN));
      panel.dots(name.replace('_', ' '), curve, COLOURS.get(index++));
    }
    panel.from(0, 1);
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
}
