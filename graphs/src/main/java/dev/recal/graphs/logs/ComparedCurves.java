package dev.recal.graphs.logs;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;

/**
 * Draws the metrics of several runs in one picture: a panel for each metric, a line for each run.
 */
public final class ComparedCurves {

  private static final int WIDTH = 1280;
  private static final int PANEL_HEIGHT = 400;

  /** The largest number of metrics in one picture. */
  public static final int MAX_METRICS = 12;

  private static final List<Color> COLORS =
      List.of(Palette.BLUE, Palette.VERMILION, Palette.GREEN, Palette.PURPLE, Palette.AMBER);

  private ComparedCurves() {}

  /**
   * Draws them against the steps of the runs.
   *
   * @param title of the picture
   * @param runs the metrics of each run, by its name
   * @param tags the metrics to draw, each of which one of the runs has; at most {@value
   *     #MAX_METRICS}
   * @param png the picture, written atomically
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(
      String title, Map<String, Map<String, MetricCurve>> runs, List<String> tags, Path png) {
    if (tags.isEmpty() || tags.size() > MAX_METRICS) {
      throw new IllegalArgumentException(
          "tags: expected 1 to " + MAX_METRICS + " metrics, but got " + tags.size() + ".");
    }
    PngFiles.write(
        png,
        () ->
            CurveSheet.draw(
                title,
                LogText.format("%,d runs", runs.size()),
                tags.stream().map(tag -> panel(tag, runs)).toList()));
  }

  private static XYChart panel(String tag, Map<String, Map<String, MetricCurve>> runs) {
    List<MetricCurve> curves =
        runs.values().stream().map(metrics -> metrics.get(tag)).filter(Objects::nonNull).toList();
    if (curves.isEmpty()) {
      throw new IllegalArgumentException("tags: none of the runs has the metric '" + tag + "'.");
    }
    boolean noisy = curves.get(0).isOfTraining();
    CurvePanel panel =
        new CurvePanel(noisy ? tag + ", smooth" : tag, WIDTH, PANEL_HEIGHT, axis(curves));
    List<String> names = new ArrayList<>(runs.keySet());
    for (int i = 0; i < names.size(); i++) {
      MetricCurve metric = runs.get(names.get(i)).get(tag);
      if (metric == null) {
        continue;
      }
      if (noisy) {
        panel.line(names.get(i), metric.curve(), color(i));
      } else {
        panel.dots(names.get(i), metric.curve(), color(i));
      }
    }
    double bottom = quantiles(curves, 0).min(Double::compare).orElse(0.0);
    panel.from(
        Math.min(0, bottom), quantiles(curves, noisy ? 0.99 : 1).max(Double::compare).orElse(1.0));
    return panel.chart();
  }

  private static Stream<Double> quantiles(List<MetricCurve> curves, double share) {
    return curves.stream().map(metric -> metric.curve().quantile(share));
  }

  private static CurveAxis axis(List<MetricCurve> curves) {
    long end = curves.stream().mapToLong(metric -> metric.last().step()).max().orElse(1);
    return new CurveAxis("step", 1, Math.max(1, end), List.of());
  }

  // After the palette's colours, paler ones.
  private static Color color(int run) {
    double pale = 1 - Math.pow(0.6, run / COLORS.size());
    return Palette.light(COLORS.get(run % COLORS.size()), pale);
  }
}
