package dev.recal.graphs.logs;

import java.awt.Color;
import java.util.Map;
import org.knowm.xchart.XYChart;

/** A panel of a run's chart with some of the extras of its steps. */
final class ExtrasPanel {
  private static final int WIDTH = 1280;
  private static final int HEIGHT = 360;

  private ExtrasPanel() {}

  /** Draws each extra of the given names, each step and a smooth line. */
  static XYChart draw(
      MetricsHistory history, CurveAxis axis, String title, Map<String, Color> extras) {
    CurvePanel panel = new CurvePanel(title, WIDTH, HEIGHT, axis);
    double low = 0;
    double high = Double.NEGATIVE_INFINITY;
    for (String name : extras.keySet().stream().sorted().toList()) {
      Curve curve = axis.steps(history, report -> report.extras().getOrDefault(name, Double.NaN));
      panel.noisy(name.replace('_', ' '), curve, CurveSheet.span(curve), extras.get(name));
      if (curve.hasFinite()) {
        // A few outliers are clipped.
        low = Math.min(low, curve.quantile(0.005));
        high = Math.max(high, curve.quantile(0.995));
      }
    }
    panel.from(low, high);
    return panel.chart();
  }
}
