package dev.recal.graphs.explain;

import dev.recal.graphs.charts.Palette;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures of one size in rows, each with its name above it, under a title. */
record PanelGrid(String title, List<Panel> panels, int columns) {

  private static final int MARGIN = 16;
  private static final int GAP = 12;
  private static final int TITLE = 34;
  private static final int NAME = 20;

  /** A picture with its name. */
  record Panel(String name, BufferedImage picture) {}

  BufferedImage draw() {
    int across = Math.min(columns, panels.size());
    int rows = (panels.size() + across - 1) / across;
    int cellWidth = panels.stream().mapToInt(panel -> panel.picture.getWidth()).max().orElse(1);
    int cellHeight = panels.stream().mapToInt(panel -> panel.picture.getHeight()).max().orElse(1);
    int width = 2 * MARGIN + across * cellWidth + (across - 1) * GAP;
    int height = 2 * MARGIN + TITLE + rows * (cellHeight + NAME) + (rows - 1) * GAP;
    int shown = Math.max(width, titleWidth());
    BufferedImage sheet = new BufferedImage(shown, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Palette.BACKGROUND);
      graphics.fillRect(0, 0, shown, height);
      graphics.setColor(Palette.TEXT);
      graphics.setFont(Palette.boldFont(16));
      graphics.drawString(title, MARGIN, MARGIN + 16);
      graphics.setFont(Palette.font(12));
      for (int i = 0; i < panels.size(); i++) {
        int x = MARGIN + i % across * (cellWidth + GAP);
        int y = MARGIN + TITLE + i / across * (cellHeight + NAME + GAP);
        graphics.setColor(Palette.MUTED_TEXT);
        graphics.drawString(panels.get(i).name, x, y + 13);
        graphics.drawImage(panels.get(i).picture, x, y + NAME, null);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private int titleWidth() {
    BufferedImage probe = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = probe.createGraphics();
    try {
      return 2 * MARGIN + graphics.getFontMetrics(Palette.boldFont(16)).stringWidth(title);
    } finally {
      graphics.dispose();
    }
  }
}
