package dev.recal.graphs.classification.metrics;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.ops.Counted;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix as a heat map: one row per label, one column per prediction, correct
 * predictions on the diagonal in blue, errors in red.
 *
 * <p>A cell's depth of colour follows the square root of the share of its label's images, so that
 * confusions of a few percent are visible; for up to 25 classes the cells show the share in
 * percent. Not drawn with XChart, whose heat map prints values with all their digits in one colour.
 */
public final class ConfusionHeatMap {
  private static final int MAX_CLASSES_WITH_VALUES = 25;
  private static final int MAX_CLASSES_WITH_NAMES = 120;
  private static final int MAX_PLOT_SIZE = 1600;
  private static final int MAX_CELL_SIZE = 60;
  private static final int MARGIN = 24;
  private static final int TITLE_HEIGHT = 60;
  private static final int AXIS_TITLE = 28;
  private static final int NAME_LENGTH = 22;
  private static final int LETTER_WIDTH_PERCENT = 62;

  private final ConfusionMatrix matrix;
  private final List<String> names;
  private final int classes;
  private final int cell;
  private final Font nameFont;
  private final int left;
  private final int top;

  private ConfusionHeatMap(ConfusionMatrix matrix, List<String> names) {
    this.matrix = matrix;
    this.names = names.stream().map(name -> ConfusionTable.truncate(name, NAME_LENGTH)).toList();
    this.classes = matrix.classes();
    this.cell = Math.max(1, Math.min(MAX_CELL_SIZE, MAX_PLOT_SIZE / classes));
    this.nameFont = Palette.font(Math.max(8, Math.min(15, cell - 2)));
    int nameSpace = classes <= MAX_CLASSES_WITH_NAMES ? longestName() : 0;
    this.left = MARGIN + AXIS_TITLE + nameSpace;
    this.top = TITLE_HEIGHT + AXIS_TITLE + nameSpace;
  }

  private int longestName() {
    int letters = names.stream().mapToInt(String::length).max().orElse(0);
    return letters * nameFont.getSize() * LETTER_WIDTH_PERCENT / 100 + 12;
  }

  /**
   * Draws a matrix.
   *
   * @param names one for each class
   * @param png written atomically
   * @return the picture
   * @throws java.io.UncheckedIOException if the picture cannot be written
   */
  public static BufferedImage draw(ConfusionMatrix matrix, List<String> names, Path png) {
    ConfusionTable.checkNames(matrix, names);
    return PngFiles.write(png, () -> new ConfusionHeatMap(matrix, names).picture());
  }

  private BufferedImage picture() {
    int plot = cell * classes;
    int width = Math.max(left + plot + MARGIN, 560);
    BufferedImage image = new BufferedImage(width, top + plot + MARGIN, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Palette.BACKGROUND);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      titles(graphics, plot);
      cells(graphics);
      if (classes <= MAX_CLASSES_WITH_NAMES) {
        names(graphics);
      }
      graphics.setColor(Palette.BORDER);
      graphics.drawRect(left, top, plot, plot);
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private void titles(Graphics2D graphics, int plot) {
    graphics.setColor(Palette.TEXT);
    graphics.setFont(Palette.boldFont(20));
    graphics.drawString(
        String.format(
            Locale.ROOT,
            "%s, %.2f %% correct",
            Counted.of(matrix.total(), "image"),
            100.0 * matrix.correct() / Math.max(1, matrix.total())),
        MARGIN,
        36);
    graphics.setColor(Palette.MUTED_TEXT);
    graphics.setFont(Palette.font(14));
    String measure = classes <= MAX_CLASSES_WITH_VALUES ? "numbers: %" : "colour: share";
    graphics.drawString(measure + " of the label's images", MARGIN, 56);
    graphics.setColor(Palette.TEXT);
    graphics.setFont(Palette.boldFont(15));
    int half = graphics.getFontMetrics().stringWidth("prediction") / 2;
    graphics.drawString("prediction", left + plot / 2 - half, TITLE_HEIGHT + AXIS_TITLE - 4);
    drawVertical(graphics, "label", MARGIN + 14, top + plot / 2 + 20);
  }

  private void names(Graphics2D graphics) {
    graphics.setColor(Palette.TEXT);
    graphics.setFont(nameFont);
    int ascent = graphics.getFontMetrics().getAscent();
    for (int i = 0; i < classes; i++) {
      int middle = i * cell + (cell + ascent) / 2 - 1;
      int width = graphics.getFontMetrics().stringWidth(names.get(i));
      graphics.drawString(names.get(i), left - 8 - width, top + middle);
      drawVertical(graphics, names.get(i), left + middle, top - 8);
    }
  }

  private static void drawVertical(Graphics2D graphics, String text, int x, int y) {
    Graphics2D turned = (Graphics2D) graphics.create();
    try {
      turned.translate(x, y);
      turned.rotate(-Math.PI / 2);
      turned.drawString(text, 0, 0);
    } finally {
      turned.dispose();
    }
  }

  private void cells(Graphics2D graphics) {
    graphics.setFont(Palette.font(14));
    for (int label = 0; label < classes; label++) {
      double images = Math.max(1, matrix.ofLabel(label));
      for (int prediction = 0; prediction < classes; prediction++) {
        double share = matrix.count(label, prediction) / images;
        Color hue = label == prediction ? Palette.BLUE : Palette.VERMILION;
        int x = left + prediction * cell;
        int y = top + label * cell;
        graphics.setColor(Palette.light(hue, 1 - Math.sqrt(share)));
        graphics.fillRect(x, y, cell, cell);
        if (classes <= MAX_CLASSES_WITH_VALUES && share > 0) {
          value(graphics, share, x, y);
        }
      }
    }
  }

  private void value(Graphics2D graphics, double share, int x, int y) {
    String text = String.format(Locale.ROOT, share < 0.0995 ? "%.1f" : "%.0f", 100 * share);
    int width = graphics.getFontMetrics().stringWidth(text);
    int ascent = graphics.getFontMetrics().getAscent();
    graphics.setColor(share > 0.4 ? Palette.BACKGROUND : Palette.TEXT);
    graphics.drawString(text, x + (cell - width) / 2, y + (cell + ascent) / 2 - 2);
  }
}
