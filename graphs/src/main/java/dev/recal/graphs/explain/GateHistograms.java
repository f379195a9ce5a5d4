package dev.recal.graphs.explain;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The distribution of each layer's gates by class, as in the papers of SE and SRM: similar for all
 * classes in early layers, different in late ones.
 */
public final class GateHistograms {

  private static final int BINS = 20;
  private static final int COLUMNS = 4;
  private static final int WIDTH = 380;
  private static final int HEIGHT = 250;
  private static final List<Color> COLOURS =
      List.of(Palette.BLUE, Palette.VERMILION, Palette.GREEN, Palette.PURPLE, Palette.AMBER);

  private final Map<String, Map<String, long[]>> counts = new LinkedHashMap<>();

  /**
   * Adds an image.
   *
   * @param className its class
   * @param inner the values published by the layers; only gates with values between 0 and 1 are
   *     used
   */
  public void add(String className, List<InnerValue> inner) {
    for (InnerValue value : inner) {
      if (value.word().equals("gate")) {
        long[] bins =
            counts
                .computeIfAbsent(value.layer(), layer -> new TreeMap<>())
                .computeIfAbsent(className, name -> new long[BINS]);
        for (float gate : value.values()) {
          bins[Math.max(0, Math.min(BINS - 1, (int) (gate * BINS)))]++;
        }
      }
    }
  }

  /** Whether no image had a gate. */
  public boolean isEmpty() {
    return counts.isEmpty();
  }

  /**
   * Draws a panel for each layer, with a curve for each of the five most frequent classes.
   *
   * @param png written atomically
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public void draw(Path png) {
    PngFiles.write(
        png,
        () -> {
          List<String> classes = frequentClasses();
          List<PanelGrid.Panel> panels = new ArrayList<>();
          counts.forEach(
              (layer, byClass) ->
                  panels.add(
                      new PanelGrid.Panel(
                          layer, BitmapEncoder.getBufferedImage(chart(byClass, classes)))));
          String title = "Gates of each layer: density over the channels, by class";
          return new PanelGrid(title, panels, COLUMNS).draw();
        });
  }

  private List<String> frequentClasses() {
    Map<String, Long> totals = new TreeMap<>();
    counts.values().stream()
        .findFirst()
        .orElseThrow()
        .forEach((name, bins) -> totals.put(name, sum(bins)));
    return totals.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(COLOURS.size())
        .map(Map.Entry::getKey)
        .toList();
  }

  private static XYChart chart(Map<String, long[]> byClass, List<String> classes) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).build();
    style(chart.getStyler());
    double[] centres = new double[BINS];
    for (int bin = 0; bin < BINS; bin++) {
      centres[bin] = (bin + 0.5) / BINS;
    }
    for (int i = 0; i < classes.size(); i++) {
      long[] bins = byClass.get(classes.get(i));
      double[] density = new double[BINS];
      double total = sum(bins);
      for (int bin = 0; bin < BINS; bin++) {
        density[bin] = bins[bin] * BINS / total;
      }
      XYSeries series = chart.addSeries(classes.get(i), centres, density);
      series.setMarker(SeriesMarkers.NONE);
      series.setLineColor(COLOURS.get(i));
      series.setLineStyle(new BasicStroke(2f));
    }
    return chart;
  }

  private static void style(XYStyler styler) {
    styler.setChartBackgroundColor(Palette.BACKGROUND);
    styler.setChartFontColor(Palette.TEXT);
    styler.setPlotBorderColor(Palette.BORDER);
    styler.setPlotGridLinesColor(Palette.GRID);
    styler.setAxisTickLabelsFont(Palette.font(11));
    styler.setAxisTickLabelsColor(Palette.MUTED_TEXT);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Horizontal);
    styler.setLegendFont(Palette.font(11));
    styler.setLegendBorderColor(Palette.BACKGROUND);
    styler.setLegendPadding(4);
    styler.setLocale(Locale.ROOT);
    styler.setXAxisMin(0.0);
    styler.setXAxisMax(1.0);
    styler.setYAxisMin(0.0);
    styler.setXAxisTickMarkSpacingHint(60);
  }

  private static long sum(long[] bins) {
    long sum = 0;
    for (long count : bins) {
      sum += count;
    }
    return sum;
  }
}
