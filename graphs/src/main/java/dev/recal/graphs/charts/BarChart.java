package dev.recal.graphs.charts;

import java.awt.BasicStroke;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Horizontal bars with labels, of means with their deviations and single values. Unless the values
 * differ by much, the axis does not start at 0; then it says so.
 *
 * @param title above the bars
 * @param subtitle what their lengths are
 * @param bars from above, at least one
 */
public record BarChart(String title, String subtitle, List<Bar> bars) {

  private static final int WIDTH = 960;
  private static final int MARGIN = 24;
  private static final int HEAD = 84;
  private static final int ROW = 34;
  private static final int BAR = 20;
  private static final int FOOT = 44;
  private static final int GAP = 12;
  private static final int TICKS = 6;
  private static final double DOT = 6;

  /**
   * One bar.
   *
   * @param label on its left
   * @param value its length, finite
   * @param deviation drawn to both sides of its end
   * @param points single values, drawn as dots if there are several
   * @param text on its right
   */
  public record Bar(
      String label, double value, OptionalDouble deviation, List<Double> points, String text) {

    /** Rejects values that are not finite. */
    public Bar {
      Objects.requireNonNull(label, "label");
      Objects.requireNonNull(text, "text");
      points = List.copyOf(points);
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "value: expected a finite number, but got " + value + ".");
      }
    }

    private DoubleStream values() {
      double spread = deviation.orElse(0);
      return DoubleStream.concat(
          DoubleStream.of(value - spread, value + spread),
          points.stream().mapToDouble(Double::doubleValue));
    }
  }

  /** From where to where the axis goes, and the distance of its ticks. */
  private record Axis(double from, double to, double step) {

    static Axis of(List<Bar> bars) {
      double low = bars.stream().flatMapToDouble(Bar::values).min().orElseThrow();
      double high = bars.stream().flatMapToDouble(Bar::values).max().orElseThrow();
      // Differences below a third of the values could not be seen on an axis from 0.
      boolean whole = low <= 0 || high == low || high - low > low / 2;
      double from = whole ? Math.min(low, 0) : low - (high - low) / 2;
      double range =
          Math.max(Math.max(high, whole ? 0 : high) - from, 1e-9 + Math.abs(high) * 1e-6);
      double step = step(range / TICKS);
      return new Axis(
          Math.floor(from / step) * step, Math.ceil((from + range) / step) * step, step);
    }

    // 1, 2 or 5 times a power of ten.
    private static double step(double least) {
      double power = Math.pow(10, Math.floor(Math.log10(least)));
      return Stream.of(1.0, 2.0, 5.0, 10.0)
          .map(factor -> factor * power)
          .filter(step -> step >= least)
          .findFirst()
          .orElse(10 * power);
    }

    double place(double value, double width) {
      return (value - from) / (to - from) * width;
    }

    String text(double tick) {
      int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
      return String.format(Locale.ROOT, "%,." + digits + "f", tick);
    }
  }

  /** Copies the bars. */
  public BarChart {
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(subtitle, "subtitle");
    bars = List.copyOf(bars);
    if (bars.isEmpty()) {
      throw new IllegalArgumentException("bars: expected at least one, but got none.");
    }
  }

  /** Draws the chart. */
  public BufferedImage draw() {
    int height = HEAD + bars.size() * ROW + FOOT;
    BufferedImage picture = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setColor(Palette.BACKGROUND);
      graphics.fillRect(0, 0, WIDTH, height);
      draw(graphics, Axis.of(bars));
    } finally {
      graphics.dispose();
    }
    return picture;
  }

  private void draw(Graphics2D graphics, Axis axis) {
    graphics.setColor(Palette.TEXT);
    graphics.setFont(Palette.boldFont(19));
    graphics.drawString(title, MARGIN, 34);
    graphics.setColor(Palette.MUTED_TEXT);
    graphics.setFont(Palette.font(14));
    String cut = axis.from() > 0 ? "; the axis does not start at 0" : "";
    graphics.drawString(subtitle + cut, MARGIN, 58);
    FontMetrics metrics = graphics.getFontMetrics();
    int left = MARGIN + bars.stream().mapToInt(b -> metrics.stringWidth(b.label())).max().orElse(0);
    int right = bars.stream().mapToInt(b -> metrics.stringWidth(b.text())).max().orElse(0);
    // Labels may be as long as names of directories.
    int start = Math.min(left, WIDTH / 2) + GAP;
    int width = WIDTH - MARGIN - right - GAP - start;
    grid(graphics, axis, start, width);
    for (int i = 0; i < bars.size(); i++) {
      draw(graphics, bars.get(i), axis, start, width, HEAD + i * ROW);
    }
  }

  private void grid(Graphics2D graphics, Axis axis, int start, int width) {
    int bottom = HEAD + bars.size() * ROW;
    FontMetrics metrics = graphics.getFontMetrics();
    long ticks = Math.round((axis.to() - axis.from()) / axis.step());
    for (long i = 0; i <= ticks; i++) {
      double tick = axis.from() + i * axis.step();
      double x = start + axis.place(tick, width);
      graphics.setColor(Palette.GRID);
      graphics.draw(new Line2D.Double(x, HEAD - 6, x, bottom));
      graphics.setColor(Palette.MUTED_TEXT);
      String text = axis.text(tick);
      graphics.drawString(text, (float) x - metrics.stringWidth(text) / 2f, bottom + 20);
    }
  }

  private static void draw(Graphics2D graphics, Bar bar, Axis axis, int start, int width, int top) {
    FontMetrics metrics = graphics.getFontMetrics();
    double middle = top + ROW / 2.0;
    int baseline = (int) middle + metrics.getAscent() / 2 - 1;
    double zero = start + axis.place(Math.max(0, axis.from()), width);
    double end = start + axis.place(bar.value(), width);
    graphics.setColor(Palette.light(Palette.BLUE, 0.35));
    graphics.fill(
        new Rectangle2D.Double(Math.min(zero, end), middle - BAR / 2.0, Math.abs(end - zero), BAR));
    graphics.setColor(Palette.TEXT);
    bar.deviation()
        .ifPresent(
            deviation -> {
              double from = start + axis.place(bar.value() - deviation, width);
              double to = start + axis.place(bar.value() + deviation, width);
              graphics.setStroke(new BasicStroke(1.6f));
              graphics.draw(new Line2D.Double(from, middle, to, middle));
              graphics.draw(new Line2D.Double(from, middle - 5, from, middle + 5));
              graphics.draw(new Line2D.Double(to, middle - 5, to, middle + 5));
              graphics.setStroke(new BasicStroke(1));
            });
    if (bar.points().size() > 1) {
      graphics.setColor(Palette.VERMILION);
      for (double point : bar.points()) {
        double x = start + axis.place(point, width);
        graphics.fill(new Ellipse2D.Double(x - DOT / 2, middle - DOT / 2, DOT, DOT));
      }
    }
    graphics.setColor(Palette.TEXT);
    int wide = metrics.stringWidth(bar.label());
    graphics.drawString(bar.label(), Math.max(MARGIN, start - GAP - wide), baseline);
    graphics.drawString(bar.text(), start + width + GAP, baseline);
  }
}
