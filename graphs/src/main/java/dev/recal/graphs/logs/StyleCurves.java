package dev.recal.graphs.logs;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.XYChart;

/**
 * The chart of a style network's run: content and style loss, each step and a smooth line, and both
 * losses of held-out images. It is drawn from the metrics file, so it can be drawn again at any
 * time.
 */
public final class StyleCurves {
  private static final int WIDTH = 1280;
  private static final int PANEL_HEIGHT = 360;

  private StyleCurves() {}

  /**
   * Draws a metrics file as a PNG file.
   *
   * @param metrics what {@link MetricsLog} wrote, with the extras {@code content} and {@code style}
   *     of steps, and evaluations with {@code content_loss} and {@code style_loss}
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
                List.of(
                    ExtrasPanel.draw(
                        history, axis, "content loss", Map.of("content", Palette.BLUE)),
                    ExtrasPanel.draw(
                        history, axis, "style loss", Map.of("style", Palette.VERMILION)),
                    heldOut(history, axis))));
  }

  private static XYChart heldOut(MetricsHistory history, CurveAxis axis) {
    CurvePanel panel = new CurvePanel("losses of held-out images", WIDTH, PANEL_HEIGHT, axis);
    List<EvaluationReport> reports =
        history.evaluations().getOrDefault(EvaluationReport.MAIN, List.of());
    double top = Double.NEGATIVE_INFINITY;
    for (String name : List.of("content_loss", "style_loss")) {
      Curve curve =
          axis.evaluations(reports, report -> report.extras().getOrDefault(name, Double.NaN));
      panel.dots(
          name.replace('_', ' '),
          curve,
          name.startsWith("content") ? Palette.BLUE : Palette.VERMILION);
      top = curve.hasFinite() ? Math.max(top, curve.quantile(0.95)) : top;
    }
    panel.from(0, top);
    return panel.chart();
  }
}
