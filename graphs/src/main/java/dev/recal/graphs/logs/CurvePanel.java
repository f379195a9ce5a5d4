package dev.recal.graphs.logs;

import dev.recal.graphs.charts.LineStyle;
import dev.recal.graphs.charts.Palette;
import java.awt.BasicStroke;
import java.awt.Color;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One panel of a run's chart, styled so that the panels line up. */
final class CurvePanel {
  private static final int BUCKETS = 1000;
  private static final int LEFT_LABEL_WIDTH = 100;
  private static final double HEADROOM = 1.04;

  /** Room beyond the ends of an axis, without which XChart leaves their ticks out. */
  private static final double EDGE = 0.004;

  private final XYChart chart;
  private final CurveAxis axis;

  CurvePanel(String title, int width, int height, CurveAxis axis) {
    this.axis = axis;
    chart =
        new XYChartBuilder()
            .width(width)
            .height(height)
            .xAxisTitle(axis.title())
            .yAxisTitle(title)
            .build();
    style(chart.getStyler(), axis);
  }

  private static void style(XYStyler styler, CurveAxis axis) {
    LineStyle.apply(styler);
    styler.setChartTitleVisible(false);
    styler.setChartPadding(12);
    styler.setXAxisTickMarkSpacingHint(100);
    styler.setYAxisTickMarkSpacingHint(48);
    styler.setYAxisLeftWidthHint(LEFT_LABEL_WIDTH);
    styler.setxAxisTickLabelsFormattingFunction(CurvePanel::label);
    styler.setyAxisTickLabelsFormattingFunction(CurvePanel::label);
    styler.setXAxisMin(-EDGE * axis.end());
    styler.setXAxisMax((1 + EDGE) * axis.end());
  }

  /** The raw curve, pale, under its smoothed line. */
  void noisy(String name, Curve curve, int span, Color color) {
    if (curve.hasFinite()) {
      add(name + ", each step", curve.thinned(BUCKETS), Palette.light(color, 0.7), 1);
      add(name + ", smooth", curve.smoothed(span).thinned(BUCKETS), color, 2.5f);
    }
  }

  void line(String name, Curve curve, Color color) {
    if (curve.hasFinite()) {
      add(name, curve.thinned(BUCKETS), color, 2.5f);
    }
  }

  /** A curve of few points, each with a dot. */
  void dots(String name, Curve curve, Color color) {
    if (curve.hasFinite()) {
      XYSeries series = add(name, curve, color, 1.5f);
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setMarkerColor(color);
    }
  }

  private XYSeries add(String name, Curve curve, Color color, float width) {
    Curve drawn = curve.withGaps();
    XYSeries series = chart.addSeries(name, drawn.x(), drawn.y());
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    series.setMarker(SeriesMarkers.NONE);
    return series;
  }

  /**
   * Bounds the vertical axis; a few outliers above {@code top} are cut off. Call it last: it also
   * marks where stages begin.
   */
  void from(double bottom, double top) {
    double height = Double.isFinite(top) && top > bottom ? top - bottom : 1;
    chart.getStyler().setYAxisMin(bottom - EDGE * height);
    chart.getStyler().setYAxisMax(bottom + HEADROOM * height);
    for (double mark : axis.marks()) {
      Curve line =
          new Curve(new double[] {mark, mark}, new double[] {bottom, bottom + HEADROOM * height});
      add("stage from " + label(mark), line, Palette.BORDER, 1).setShowInLegend(false);
    }
  }

  /** A tick's number with at most four digits and without an exponent; ticks are round numbers. */
  private static String label(double value) {
    BigDecimal rounded = new BigDecimal(value, new MathContext(4, RoundingMode.HALF_EVEN));
    return Math.abs(value) < 1e-12 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** For a panel whose axis title describes its only curve. */
  void withoutLegend() {
    chart.getStyler().setLegendVisible(false);
  }

  XYChart chart() {
    return chart;
  }
}
