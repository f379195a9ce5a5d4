package dev.recal.graphs.logs;

import dev.recal.graphs.charts.Palette;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;

/** Charts below each other under the name of a run. */
final class CurveSheet {
  private static final int TITLE_HEIGHT = 56;

  /** The smooth line averages over this share of the steps. */
  private static final int SMOOTHING_SHARE = 40;

  private CurveSheet() {}

  /**
   * Draws them.
   *
   * @param charts of one width
   */
  static BufferedImage draw(String title, String subtitle, List<XYChart> charts) {
    int height = TITLE_HEIGHT + charts.stream().mapToInt(XYChart::getHeight).sum();
    BufferedImage picture =
        new BufferedImage(charts.get(0).getWidth(), height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Palette.BACKGROUND);
      graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
      title(graphics, title, subtitle);
      int y = TITLE_HEIGHT;
      for (XYChart chart : charts) {
        graphics.drawImage(BitmapEncoder.getBufferedImage(chart), 0, y, null);
        y += chart.getHeight();
      }
    } finally {
      graphics.dispose();
    }
    return picture;
  }

  private static void title(Graphics2D graphics, String title, String subtitle) {
    graphics.setColor(Palette.TEXT);
    graphics.setFont(Palette.boldFont(22));
    graphics.drawString(title, 24, 36);
    int width = graphics.getFontMetrics().stringWidth(title);
    graphics.setColor(Palette.MUTED_TEXT);
    graphics.setFont(Palette.font(16));
    graphics.drawString(subtitle, 24 + width + 20, 36);
  }

  /** Over how many points a smooth line averages. */
  static int span(Curve curve) {
    return Math.max(1, curve.size() / SMOOTHING_SHARE);
  }
}
