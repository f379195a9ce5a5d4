package dev.recal.graphs.charts;

import java.awt.BasicStroke;
import java.util.Locale;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;

/** The common style of line charts. */
public final class LineStyle {

  private LineStyle() {}

  /** Sets colours, fonts, grid, markers, and a legend below the plot. */
  public static void apply(XYStyler styler) {
    styler.setChartBackgroundColor(Palette.BACKGROUND);
    styler.setChartFontColor(Palette.TEXT);
    styler.setPlotBackgroundColor(Palette.BACKGROUND);
    styler.setPlotBorderColor(Palette.BORDER);
    styler.setPlotGridLinesColor(Palette.GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setPlotContentSize(1);
    styler.setPlotMargin(0);
    styler.setAxisTicksLineVisible(false);
    styler.setAxisTickMarksColor(Palette.BORDER);
    styler.setAxisTickLabelsFont(Palette.font(14));
    styler.setAxisTickLabelsColor(Palette.MUTED_TEXT);
    styler.setAxisTitleFont(Palette.boldFont(15));
    styler.setLocale(Locale.ROOT);
    // To the right of the plot, legends of different widths would make plots of different widths.
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendFont(Palette.font(14));
    styler.setLegendBorderColor(Palette.BACKGROUND);
    styler.setLegendSeriesLineLength(26);
    styler.setMarkerSize(7);
  }
}
