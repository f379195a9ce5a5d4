package dev.recal.graphs.pruning;

import dev.recal.graphs.charts.LineStyle;
import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws accuracy against the share of pruned channels. */
public final class PruningChart {

  private static final int WIDTH = 960;
  private static final int HEIGHT = 600;
  // Room beyond the ends of an axis, without which XChart leaves their ticks out.
  private static final double EDGE = 0.5;

  private PruningChart() {}

  /**
   * Draws the curve by gates, the controls in pale and their mean, and the chance level.
   *
   * @param title for example the network's name
   * @param classes the number of classes, which determines the chance level
   * @param png written atomically
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(PruningReport report, String title, int classes, Path png) {
    PngFiles.write(png, () -> BitmapEncoder.getBufferedImage(chart(report, title, classes)));
  }

  private static XYChart chart(PruningReport report, String title, int classes) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("pruned channels in % of those with gates")
            .yAxisTitle("top-1 accuracy in %")
            .build();
    style(chart.getStyler());
    double[] shares =
        report.curve().points().stream().mapToDouble(point -> 100 * point.share()).toArray();
    double guess = 100.0 / classes;
    line(chart, "guessing", new double[] {0, 100}, new double[] {guess, guess}, Palette.BORDER, 1);
    List<PruningCurve> controls = report.controls();
    for (PruningCurve control : controls.size() > 1 ? controls : List.<PruningCurve>of()) {
      Color pale = Palette.light(Palette.VERMILION, 0.65);
      line(chart, control.ranking(), shares, accuracies(control), pale, 1).setShowInLegend(false);
    }
    if (!controls.isEmpty()) {
      double[] means =
          IntStream.range(0, shares.length)
              .mapToDouble(i -> 100 * report.controlAccuracy(i))
              .toArray();
      String name =
          controls.size() == 1 ? "random channels" : "random channels, mean of " + controls.size();
      dots(line(chart, name, shares, means, Palette.VERMILION, 2.5f), Palette.VERMILION);
    }
    String name = "channels with the lowest mean gates";
    dots(line(chart, name, shares, accuracies(report.curve()), Palette.BLUE, 2.5f), Palette.BLUE);
    return chart;
  }

  private static double[] accuracies(PruningCurve curve) {
    return curve.points().stream().mapToDouble(point -> 100 * point.accuracy()).toArray();
  }

  private static XYSeries line(
      XYChart chart, String name, double[] x, double[] y, Color color, float width) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarker(SeriesMarkers.NONE);
    return series;
  }

  private static void dots(XYSeries series, Color color) {
    series.setMarker(SeriesMarkers.CIRCLE);
    series.setMarkerColor(color);
  }

  private static void style(XYStyler styler) {
    LineStyle.apply(styler);
    styler.setChartTitleFont(Palette.boldFont(17));
    styler.setChartTitleBoxVisible(false);
    styler.setChartPadding(14);
    styler.setDecimalPattern("0");
    styler.setXAxisMin(-EDGE);
    styler.setXAxisMax(100 + EDGE);
    styler.setYAxisMin(-EDGE);
    styler.setYAxisMax(100 + EDGE);
    styler.setXAxisTickMarkSpacingHint(70);
    styler.setYAxisTickMarkSpacingHint(40);
  }
}
