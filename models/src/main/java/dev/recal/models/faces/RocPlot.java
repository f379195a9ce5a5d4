package dev.recal.models.faces;

import dev.recal.graphs.charts.LineStyle;
import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.BasicStroke;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws the true accept rate against the false accept rate, whose axis is logarithmic: face
 * recognition is used at rates far below one percent.
 */
public final class RocPlot {

  private static final int WIDTH = 960;
  private static final int HEIGHT = 720;
  private static final int MAX_POINTS = 4000;
  // Room beyond the ends of an axis, without which XChart leaves their ticks out.
  private static final double EDGE = 0.005;

  private RocPlot() {}

  /**
   * Draws a curve.
   *
   * @param title for example the network's name
   * @param png written atomically
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(RocCurve curve, String title, Path png) {
    PngFiles.write(png, () -> BitmapEncoder.getBufferedImage(chart(curve, title)));
  }

  private static XYChart chart(RocCurve curve, String title) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("false accept rate")
            .yAxisTitle("true accept rate")
            .build();
    XYStyler styler = chart.getStyler();
    LineStyle.apply(styler);
    styler.setChartTitleFont(Palette.boldFont(17));
    styler.setChartTitleBoxVisible(false);
    styler.setChartPadding(14);
    Line line = Line.of(curve);
    styler.setXAxisLogarithmic(true);
    styler.setXAxisMin(Math.pow(10, Math.min(-1, Math.floor(Math.log10(line.x.get(0))))));
    styler.setXAxisMax(1.0);
    styler.setYAxisMin(-EDGE);
    styler.setYAxisMax(1 + EDGE);
    styler.setYAxisDecimalPattern("0.0");
    styler.setYAxisTickMarkSpacingHint(48);
    String name =
        String.format(
            Locale.ROOT,
            "area %.5f, equal error rate %.3f %%",
            curve.area(),
            100 * curve.equalErrorRate());
    XYSeries series = chart.addSeries(name, line.x, line.y);
    series.setLineColor(Palette.BLUE);
    series.setLineStyle(new BasicStroke(3, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarker(SeriesMarkers.NONE);
    return chart;
  }

  /** The curve as steps, from the lowest rate that a logarithm has, with few enough points. */
  private record Line(List<Double> x, List<Double> y) {

    static Line of(RocCurve curve) {
      Line line = new Line(new ArrayList<>(), new ArrayList<>());
      int first = 0;
      while (curve.far()[first] == 0) {
        first++;
      }
      int last = curve.far().length - 1;
      // What is accepted before the first false accept, at the rate that one would have.
      line.add(curve.far()[first], curve.tar()[first - 1]);
      int stride = 1 + (last - first) / MAX_POINTS;
      for (int i = first; i < last; i += stride) {
        line.add(curve.far()[i], curve.tar()[i]);
      }
      line.add(curve.far()[last], curve.tar()[last]);
      return line;
    }

    private void add(double far, double tar) {
      x.add(far);
      y.add(tar);
    }
  }
}
