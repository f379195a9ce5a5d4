package dev.recal.graphs.pruning;

import dev.recal.graphs.charts.LineStyle;
import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
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

  private static final List<Color> COLORS =
      List.of(Palette.BLUE, Palette.VERMILION, Palette.GREEN, Palette.PURPLE, Palette.AMBER);

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
    XYChart chart = chart(title, classes);
    List<PruningCurve> controls = report.controls();
    if (!controls.isEmpty()) {
      String name =
          controls.size() == 1 ? "random channels" : "random channels, mean of " + controls.size();
      add(chart, new PruningSeries(name, controls), Palette.VERMILION);
    }
    add(
        chart,
        new PruningSeries("channels with the lowest mean gates", List.of(report.curve())),
        Palette.BLUE);
    return chart;
  }

  /**
   * Draws several networks in one chart: each curve in pale, and their mean.
   *
   * @param networks the curves of each, by gates
   * @param controls the curves of each by random rankings, as dashed means; may be empty
   * @param title of the chart
   * @param classes the number of classes, which determines the chance level
   * @param png written atomically
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(
      List<PruningSeries> networks,
      List<PruningSeries> controls,
      String title,
      int classes,
      Path png) {
    PngFiles.write(
        png, () -> BitmapEncoder.getBufferedImage(chart(networks, controls, title, classes)));
  }

  private static XYChart chart(
      List<PruningSeries> networks, List<PruningSeries> controls, String title, int classes) {
    XYChart chart = chart(title, classes);
    for (int i = 0; i < controls.size(); i++) {
      Color color = Palette.light(COLORS.get(i % COLORS.size()), 0.3);
      PruningSeries control = controls.get(i);
      line(chart, control.name(), shares(control), means(control), color, 1.5f)
          .setLineStyle(
              new BasicStroke(
                  1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 5}, 0));
    }
    for (int i = 0; i < networks.size(); i++) {
      add(chart, networks.get(i), COLORS.get(i % COLORS.size()));
    }
    return chart;
  }

  private static XYChart chart(String title, int classes) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("pruned channels in % of those with gates")
            .yAxisTitle("top-1 accuracy in %")
            .build();
    style(chart.getStyler());
    double guess = 100.0 / classes;
    line(chart, "guessing", new double[] {0, 100}, new double[] {guess, guess}, Palette.BORDER, 1);
    return chart;
  }

  private static void add(XYChart chart, PruningSeries series, Color color) {
    List<PruningCurve> curves = series.curves();
    for (int i = 0; curves.size() > 1 && i < curves.size(); i++) {
      double[] values = means(new PruningSeries(series.name(), List.of(curves.get(i))));
      String name = series.name() + " " + (i + 1);
      Color pale = Palette.light(color, 0.65);
      line(chart, name, shares(series), values, pale, 1).setShowInLegend(false);
    }
    XYSeries mean = line(chart, series.name(), shares(series), means(series), color, 2.5f);
    mean.setMarker(SeriesMarkers.CIRCLE);
    mean.setMarkerColor(color);
  }

  private static double[] shares(PruningSeries series) {
    return series.shares().stream().mapToDouble(share -> 100 * share).toArray();
  }

  private static double[] means(PruningSeries series) {
    return IntStream.range(0, series.shares().size())
        .mapToDouble(i -> 100 * DoubleStream.of(series.accuracies(i)).average().orElseThrow())
        .toArray();
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
    styler.setDecimalPattern("0");
    styler.setXAxisMin(-EDGE);
    styler.setXAxisMax(100 + EDGE);
    styler.setYAxisMin(-EDGE);
    styler.setYAxisMax(100 + EDGE);
    styler.setXAxisTickMarkSpacingHint(70);
    styler.setYAxisTickMarkSpacingHint(40);
  }
}
