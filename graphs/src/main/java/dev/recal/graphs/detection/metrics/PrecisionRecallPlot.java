package dev.recal.graphs.detection.metrics;

import dev.recal.graphs.charts.LineStyle;
import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws precision against recall: one curve for IoU 0.5, 0.75 and the mean over all thresholds, and
 * pale ones for the other thresholds.
 */
public final class PrecisionRecallPlot {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 720;
  // Room beyond the ends of an axis, without which XChart leaves their ticks out.
  private static final double EDGE = 0.005;
  private static final double SAME = 1e-9;

  private PrecisionRecallPlot() {}

  /**
   * Draws the mean over categories, of all areas and the greatest number of detections.
   *
   * @param title for example the network's name
   * @param png written atomically
   * @throws IllegalArgumentException if no category has objects
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(CocoResult result, String title, Path png) {
    double[][] curves = new double[result.settings().thresholds().size()][];
    Arrays.setAll(curves, result::precision);
    draw(result.settings(), curves, title, png);
  }

  /**
   * Draws one category, of all areas and the greatest number of detections.
   *
   * @param category its id
   * @param title for example the category's name
   * @param png written atomically
   * @throws IllegalArgumentException if the category has no objects
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(CocoResult result, int category, String title, Path png) {
    int count = result.settings().maxDetections().size() - 1;
    double[][] curves = new double[result.settings().thresholds().size()][];
    Arrays.setAll(curves, threshold -> result.precision(category, 0, count, threshold));
    draw(result.settings(), curves, title, png);
  }

  private static void draw(CocoSettings settings, double[][] curves, String title, Path png) {
    if (curves[0][0] == CocoResult.NONE) {
      throw new IllegalArgumentException(
          "result: expected objects to be found, but no object counts.");
    }
    PngFiles.write(png, () -> BitmapEncoder.getBufferedImage(chart(settings, curves, title)));
  }

  private static XYChart chart(CocoSettings settings, double[][] curves, String title) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("recall")
            .yAxisTitle("precision")
            .build();
    style(chart.getStyler());
    double[] x = settings.recallPoints().stream().mapToDouble(point -> point).toArray();
    List<Double> thresholds = settings.thresholds();
    int half = index(thresholds, 0.5);
    int strict = index(thresholds, 0.75);
    // The named curves last, so that they lie above the others.
    int others = 0;
    for (int i = 0; i < curves.length; i++) {
      if (i != half && i != strict) {
        // Names have to differ; only the first is shown.
        String name = "other thresholds" + (others == 0 ? "" : " " + others);
        line(chart, name, x, curves[i], Palette.BORDER, 1.2f).setShowInLegend(others == 0);
        others++;
      }
    }
    if (half >= 0) {
      line(chart, name(thresholds.get(half), curves[half]), x, curves[half], Palette.BLUE, 2.5f);
    }
    if (strict >= 0) {
      String name = name(thresholds.get(strict), curves[strict]);
      line(chart, name, x, curves[strict], Palette.GREEN, 2.5f);
    }
    double[] mean = new double[x.length];
    Arrays.setAll(mean, i -> Arrays.stream(curves).mapToDouble(c -> c[i]).sum() / curves.length);
    String name =
        String.format(
            Locale.ROOT,
            "mean of IoU %.2f–%.2f: AP %.3f",
            thresholds.get(0),
            thresholds.get(thresholds.size() - 1),
            average(mean));
    line(chart, name, x, mean, Palette.VERMILION, 3.5f);
    return chart;
  }

  private static int index(List<Double> thresholds, double value) {
    for (int i = 0; i < thresholds.size(); i++) {
      if (Math.abs(thresholds.get(i) - value) < SAME) {
        return i;
      }
    }
    return -1;
  }

  private static String name(double threshold, double[] curve) {
    return String.format(Locale.ROOT, "IoU %.2f: AP %.3f", threshold, average(curve));
  }

  private static double average(double[] curve) {
    return Arrays.stream(curve).average().orElseThrow();
  }

  private static XYSeries line(
      XYChart chart, String name, double[] x, double[] y, Color color, float width) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarker(SeriesMarkers.NONE);
    return series;
  }

  private static void style(XYStyler styler) {
    LineStyle.apply(styler);
    styler.setChartTitleFont(Palette.boldFont(17));
    styler.setChartTitleBoxVisible(false);
    styler.setChartPadding(14);
    styler.setDecimalPattern("0.0");
    styler.setXAxisMin(-EDGE);
    styler.setXAxisMax(1 + EDGE);
    styler.setYAxisMin(-EDGE);
    styler.setYAxisMax(1 + EDGE);
    styler.setXAxisTickMarkSpacingHint(70);
    styler.setYAxisTickMarkSpacingHint(48);
  }
}
