package dev.recal.graphs.synthesis.metrics;

import dev.recal.graphs.charts.LineStyle;
import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the metrics of one or several runs against the step, one panel per metric. */
public final class SynthesisCurves {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;
  private static final int COLUMNS = 2;
  private static final List<Color> COLOURS =
      List.of(Palette.BLUE, Palette.VERMILION, Palette.GREEN, Palette.PURPLE, Palette.AMBER);
  private static final Map<String, String> TITLES =
      Map.of(
          "fid", "FID",
          "kid", "KID",
          "standin_frechet", "Fréchet distance of stand-in features",
          "standin_kernel", "kernel distance of stand-in features",
          "near_share", "share of samples near a training image");

  private SynthesisCurves() {}

  /**
   * Draws.
   *
   * @param runs the points of each run by the run's name, in the order of the legend
   * @param png written atomically
   * @throws IllegalArgumentException if there are no points, or more than five runs
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(Map<String, List<SynthesisPoint>> runs, Path png) {
    TreeSet<String> measures = new TreeSet<>();
    runs.values()
        .forEach(points -> points.forEach(point -> measures.addAll(point.values().keySet())));
    if (measures.isEmpty()) {
      throw new IllegalArgumentException("runs: expected metrics to draw, but got none.");
    }
    if (runs.size() > COLOURS.size()) {
      throw new IllegalArgumentException(
          "runs: expected at most " + COLOURS.size() + ", but got " + runs.size() + ".");
    }
    PngFiles.write(png, () -> picture(runs, List.copyOf(measures)));
  }

  private static BufferedImage picture(
      Map<String, List<SynthesisPoint>> runs, List<String> measures) {
    int rows = (measures.size() + COLUMNS - 1) / COLUMNS;
    BufferedImage picture =
        new BufferedImage(COLUMNS * WIDTH, rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    try {
      graphics.setColor(Palette.BACKGROUND);
      graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
      for (int i = 0; i < measures.size(); i++) {
        BufferedImage panel = BitmapEncoder.getBufferedImage(chart(runs, measures.get(i)));
        graphics.drawImage(panel, i % COLUMNS * WIDTH, i / COLUMNS * HEIGHT, null);
      }
    } finally {
      graphics.dispose();
    }
    return picture;
  }

  private static XYChart chart(Map<String, List<SynthesisPoint>> runs, String measure) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("step")
            .yAxisTitle(TITLES.getOrDefault(measure, measure))
            .build();
    LineStyle.apply(chart.getStyler());
    chart.getStyler().setChartTitleVisible(false);
    chart.getStyler().setChartPadding(12);
    chart.getStyler().setXAxisDecimalPattern("#,##0");
    int colour = 0;
    for (Map.Entry<String, List<SynthesisPoint>> run : runs.entrySet()) {
      List<SynthesisPoint> points =
          run.getValue().stream().filter(point -> point.values().containsKey(measure)).toList();
      Color drawn = COLOURS.get(colour++);
      if (!points.isEmpty()) {
        add(chart, run.getKey(), points, measure, drawn);
      }
    }
    return chart;
  }

  private static void add(
      XYChart chart, String run, List<SynthesisPoint> points, String measure, Color colour) {
    XYSeries series =
        chart.addSeries(
            run,
            points.stream().mapToDouble(SynthesisPoint::step).toArray(),
            points.stream().mapToDouble(point -> point.values().get(measure)).toArray());
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarker(SeriesMarkers.CIRCLE);
    series.setMarkerColor(colour);
  }
}
