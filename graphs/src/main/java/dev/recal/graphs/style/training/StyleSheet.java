package dev.recal.graphs.style.training;

import dev.recal.graphs.charts.ImageGrid;
import dev.recal.graphs.charts.Palette;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** The picture of a review: the style, and below each content image the same in the style. */
final class StyleSheet {

  private static final int LINE = 22;
  private static final int MARGIN = 8;
  private static final int FONT = 13;

  private StyleSheet() {}

  /**
   * Draws it.
   *
   * @param style fitted into the first cell
   * @param samples of one size
   * @param size rows and columns of a sample
   * @param captions lines below the images
   */
  static BufferedImage draw(
      StylePixels style, List<StyleEvaluator.Sample> samples, int size, List<String> captions) {
    return drawAll(style, List.of(samples), size, captions);
  }

  /**
   * Draws several networks' results below the same content images.
   *
   * @param lines a line for each network
   */
  static BufferedImage drawAll(
      StylePixels style, List<List<StyleEvaluator.Sample>> lines, int size, List<String> captions) {
    int count = lines.get(0).size();
    ImageGrid grid = new ImageGrid(1 + lines.size(), 1 + count, size, size);
    for (int i = 0; i < count; i++) {
      grid.put(0, 1 + i, lines.get(0).get(i).content(), 0);
      for (int line = 0; line < lines.size(); line++) {
        grid.put(1 + line, 1 + i, lines.get(line).get(i).stylized(), 0);
      }
    }
    BufferedImage images = grid.image();
    Graphics2D graphics = images.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      double factor = (double) size / Math.max(style.height(), style.width());
      int height = Math.max(1, (int) (style.height() * factor));
      int width = Math.max(1, (int) (style.width() * factor));
      graphics.drawImage(style.picture(), 0, 0, width, height, null);
    } finally {
      graphics.dispose();
    }
    return captioned(images, captions);
  }

  /** Returns a picture with lines of text below it. */
  static BufferedImage captioned(BufferedImage images, List<String> captions) {
    BufferedImage sheet =
        new BufferedImage(
            Math.max(images.getWidth(), width(captions)),
            images.getHeight() + MARGIN + LINE * captions.size(),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Palette.BACKGROUND);
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      graphics.drawImage(images, 0, 0, null);
      graphics.setColor(Palette.TEXT);
      graphics.setFont(Palette.font(FONT));
      for (int i = 0; i < captions.size(); i++) {
        graphics.drawString(captions.get(i), MARGIN, images.getHeight() + LINE * (i + 1) - 4);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private static int width(List<String> captions) {
    Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      FontMetrics metrics = graphics.getFontMetrics(Palette.font(FONT));
      return 2 * MARGIN + captions.stream().mapToInt(metrics::stringWidth).max().orElse(0);
    } finally {
      graphics.dispose();
    }
  }
}
