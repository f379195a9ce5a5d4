package dev.recal.graphs.training;

import dev.recal.graphs.charts.LineStyle;
import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss of a {@link RateSweep} over the logarithm of the learning rate. */
public final class RateChart {
  private static final int WIDTH = 1280;
  private static final int HEIGHT = 640;

  private RateChart() {}

  /**
   * Draws a PNG file of 1280×640 pixels.
   *
   * @param sweep of two points or more
   * @param png written atomically
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(RateSweep sweep, Path png) {
    PngFiles.write(png, () -> BitmapEncoder.getBufferedImage(chart(sweep)));
  }

  private static XYChart chart(RateSweep sweep) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("learning rate")
            .yAxisTitle("loss")
            .build();
    LineStyle.apply(chart.getStyler());
    chart.getStyler().setChartTitleVisible(false);
    chart.getStyler().setChartPadding(12);
    chart.getStyler().setXAxisLogarithmic(true);
    List<RateSweep.Point> points = sweep.points();
    double low = points.stream().mapToDouble(RateSweep.Point::smooth).min().orElse(0);
    double first = points.stream().limit(10).mapToDouble(RateSweep.Point::loss).max().orElse(1);
    double top = low + 1.5 * Math.max(first - low, 1e-3);
    chart.getStyler().setYAxisMin(Math.max(0, low - 0.2 * (top - low)));
    chart.getStyler().setYAxisMax(top);
    line(
        chart, "each step", points, p -> Math.min(top, p.loss()), Palette.light(Palette.BLUE, 0.7));
    line(chart, "smooth", points, p -> Math.min(top, p.smooth()), Palette.BLUE);
    sweep
        .suggestion()
        .ifPresent(
            found -> {
              mark(chart, "steepest", found.steepest(), top, Palette.GREEN);
              mark(chart, "a tenth of the minimum's", found.tenth(), top, Palette.VERMILION);
            });
    return chart;
  }

  private static void line(
      XYChart chart,
      String name,
      List<RateSweep.Point> points,
      ToDoubleFunction<RateSweep.Point> value,
      Color color) {
    XYSeries series =
        chart.addSeries(
            name,
            points.stream().mapToDouble(RateSweep.Point::rate).toArray(),
            points.stream().mapToDouble(value).toArray());
    style(series, color, 2.5f);
  }

  private static void mark(XYChart chart, String name, double rate, double top, Color color) {
    String label = String.format(Locale.ROOT, "%s: %.2g", name, rate);
    double bottom = chart.getStyler().getYAxisMin();
    style(
        chart.addSeries(label, new double[] {rate, rate}, new double[] {bottom, top}), color, 1.5f);
  }

  private static void style(XYSeries series, Color color, float width) {
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarker(SeriesMarkers.NONE);
  }
}
