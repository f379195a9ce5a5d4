package dev.recal.graphs.explain;

import dev.recal.graphs.charts.Palette;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;

/**
 * A grid of captioned pictures under a title and a colour legend.
 *
 * @param title over all of them
 * @param scale of the heat maps; no legend if absent
 * @param panels in reading order
 * @param columns the maximum number per row
 */
record PanelGrid(String title, Optional<Scale> scale, List<Panel> panels, int columns) {

  private static final int MARGIN = 16;
  private static final int GAP = 12;
  private static final int TITLE = 34;
  private static final int NAME = 20;
  private static final int SCALE = 26;
  private static final int BAR_WIDTH = 160;
  private static final int BAR_HEIGHT = 12;
  private static final int KEY = 10;
  private static final int KEY_ROW = 18;
  private static final Font TITLE_FONT = Palette.boldFont(16);
  private static final Font NAME_FONT = Palette.font(12);

  /** A picture with its name. */
  record Panel(String name, BufferedImage picture) {}

  /** The values of the coldest and the hottest colour. */
  record Scale(String low, String high) {}

  /** A colour and its meaning. */
  record Key(int rgb, String meaning) {}

  PanelGrid(String title, List<Panel> panels, int columns) {
    this(title, Optional.empty(), panels, columns);
  }

  BufferedImage draw() {
    int across = Math.min(columns, panels.size());
    int rows = (panels.size() + across - 1) / across;
    int cellWidth =
        panels.stream()
            .mapToInt(panel -> Math.max(panel.picture.getWidth(), textWidth(NAME_FONT, panel.name)))
            .max()
            .orElse(1);
    int cellHeight = panels.stream().mapToInt(panel -> panel.picture.getHeight()).max().orElse(1);
    int head = MARGIN + TITLE + (scale.isPresent() ? SCALE : 0);
    int width = 2 * MARGIN + across * cellWidth + (across - 1) * GAP;
    int height = head + MARGIN + rows * (cellHeight + NAME) + (rows - 1) * GAP;
    int legend = scale.map(drawn -> scaleEnd(drawn) + textWidth(NAME_FONT, drawn.high)).orElse(0);
    int text = Math.max(textWidth(TITLE_FONT, title), legend);
    int shown = Math.max(width, 2 * MARGIN + text);
    BufferedImage sheet = new BufferedImage(shown, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(sheet);
    try {
      graphics.setColor(Palette.TEXT);
      graphics.setFont(TITLE_FONT);
      graphics.drawString(title, MARGIN, MARGIN + 16);
      graphics.setFont(NAME_FONT);
      graphics.setColor(Palette.MUTED_TEXT);
      scale.ifPresent(drawn -> draw(graphics, drawn, MARGIN + TITLE));
      for (int i = 0; i < panels.size(); i++) {
        int x = MARGIN + i % across * (cellWidth + GAP);
        int y = head + i / across * (cellHeight + NAME + GAP);
        graphics.drawString(panels.get(i).name, x, y + 13);
        graphics.drawImage(panels.get(i).picture, x, y + NAME, null);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  // From the margin to the text after the bar.
  private static int scaleEnd(Scale scale) {
    return textWidth(NAME_FONT, scale.low) + KEY + BAR_WIDTH + KEY;
  }

  private static void draw(Graphics2D graphics, Scale scale, int y) {
    graphics.drawString(scale.low, MARGIN, y + BAR_HEIGHT - 1);
    int x = MARGIN + textWidth(NAME_FONT, scale.low) + KEY;
    BufferedImage bar = new BufferedImage(BAR_WIDTH, BAR_HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < BAR_WIDTH * BAR_HEIGHT; i++) {
      int place = i % BAR_WIDTH;
      bar.setRGB(place, i / BAR_WIDTH, Overlays.heat(place / (BAR_WIDTH - 1f)));
    }
    graphics.drawImage(bar, x, y, null);
    graphics.drawString(scale.high, MARGIN + scaleEnd(scale), y + BAR_HEIGHT - 1);
  }

  /** Returns a picture with the meaning of its colours below it. */
  static BufferedImage withKeys(BufferedImage picture, List<Key> keys) {
    int step =
        2 * KEY
            + keys.stream().mapToInt(key -> textWidth(NAME_FONT, key.meaning)).max().orElse(0)
            + KEY / 2;
    int across = Math.max(1, picture.getWidth() / step);
    int rows = (keys.size() + across - 1) / across;
    int width = Math.max(picture.getWidth(), step);
    int height = picture.getHeight() + rows * KEY_ROW;
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(sheet);
    try {
      graphics.drawImage(picture, 0, 0, null);
      graphics.setFont(NAME_FONT);
      for (int i = 0; i < keys.size(); i++) {
        int x = i % across * step;
        int y = picture.getHeight() + i / across * KEY_ROW + 5;
        graphics.setColor(new Color(keys.get(i).rgb));
        graphics.fillRect(x, y, KEY, KEY);
        graphics.setColor(Palette.MUTED_TEXT);
        graphics.drawString(keys.get(i).meaning, x + KEY + KEY / 2, y + KEY);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private static Graphics2D graphics(BufferedImage sheet) {
    Graphics2D graphics = sheet.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Palette.BACKGROUND);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    return graphics;
  }

  /** Returns the width of a text in pixels. */
  static int textWidth(Font font, String text) {
    Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      FontMetrics metrics = graphics.getFontMetrics(font);
      return metrics.stringWidth(text);
    } finally {
      graphics.dispose();
    }
  }
}
