package dev.recal.graphs.synthesis.metrics;

import dev.recal.graphs.charts.Palette;
import dev.recal.graphs.charts.PngFiles;
import dev.recal.graphs.synthesis.metrics.NearestNeighbours.Neighbour;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A picture of samples next to their nearest real images: one row per sample, in ascending order of
 * the feature distance to the nearest real image.
 */
public final class NeighbourSheet {

  private static final int TILE = 96;
  private static final int GAP = 6;
  private static final int BREAK = 28;
  private static final int MARGIN = 16;
  private static final int HEAD = 66;
  private static final int CAPTION = 18;

  private final MeasuredImages reals;
  private final MeasuredImages samples;
  private final NearestNeighbours.Result found;

  private NeighbourSheet(
      MeasuredImages reals, MeasuredImages samples, NearestNeighbours.Result found) {
    this.reals = reals;
    this.samples = samples;
    this.found = found;
  }

  /**
   * Draws the sheet.
   *
   * @param rows the maximum number of samples
   * @param png written atomically
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public static void draw(
      MeasuredImages reals,
      MeasuredImages samples,
      NearestNeighbours.Result found,
      int rows,
      Path png) {
    NeighbourSheet sheet = new NeighbourSheet(reals, samples, found);
    PngFiles.write(png, () -> sheet.picture(rows));
  }

  private BufferedImage picture(int rows) {
    List<List<Neighbour>> near = found.features().ofSamples();
    List<Integer> chosen =
        IntStream.range(0, near.size())
            .boxed()
            .sorted(Comparator.comparingDouble(sample -> near.get(sample).get(0).distance()))
            .limit(rows)
            .toList();
    int columns = near.get(0).size();
    int width = 2 * MARGIN + TILE + 2 * (BREAK + columns * (TILE + GAP));
    int height = HEAD + chosen.size() * (TILE + CAPTION + GAP) + MARGIN;
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Palette.BACKGROUND);
      graphics.fillRect(0, 0, width, height);
      head(graphics, column(0, false), column(columns, true));
      for (int row = 0; row < chosen.size(); row++) {
        row(graphics, chosen.get(row), columns, HEAD + row * (TILE + CAPTION + GAP));
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private void head(Graphics2D graphics, int features, int pixels) {
    graphics.setColor(Palette.TEXT);
    graphics.setFont(Palette.boldFont(14));
    graphics.drawString("sample", MARGIN, MARGIN + 12);
    graphics.drawString("nearest real by features", features, MARGIN + 12);
    graphics.drawString("nearest real by pixels", pixels, MARGIN + 12);
    graphics.setFont(Palette.font(12));
    graphics.setColor(Palette.MUTED_TEXT);
    graphics.drawString("real to real: " + describeSpace(found.features()), features, MARGIN + 32);
    graphics.drawString("real to real: " + describeSpace(found.pixels()), pixels, MARGIN + 32);
  }

  private static String describeSpace(NearestNeighbours.Space space) {
    NearestNeighbours.Summary summary = space.summary();
    return String.format(
        Locale.ROOT,
        "median %s, smallest %s",
        number(summary.realsMedian()),
        number(summary.realsSmallest()));
  }

  private void row(Graphics2D graphics, int sample, int columns, int y) {
    tile(graphics, samples.tiles(), sample, MARGIN, y, "number " + sample);
    for (int i = 0; i < columns; i++) {
      Neighbour byFeatures = found.features().ofSamples().get(sample).get(i);
      String distance = number(byFeatures.distance());
      tile(graphics, reals.tiles(), byFeatures.image(), column(i, false), y, distance);
      Neighbour byPixels = found.pixels().ofSamples().get(sample).get(i);
      String other = number(byPixels.distance());
      tile(graphics, reals.tiles(), byPixels.image(), column(columns + i, true), y, other);
    }
  }

  private static int column(int index, boolean second) {
    return MARGIN + TILE + BREAK + index * (TILE + GAP) + (second ? BREAK : 0);
  }

  private static void tile(
      Graphics2D graphics, ImageBatch images, int index, int x, int y, String caption) {
    ImageBatch image = images.image(index);
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    int[] pixels = new int[image.width() * image.height()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          (image.rgb()[3 * i] & 0xFF) << 16
              | (image.rgb()[3 * i + 1] & 0xFF) << 8
              | image.rgb()[3 * i + 2] & 0xFF;
    }
    picture.setRGB(0, 0, image.width(), image.height(), pixels, 0, image.width());
    graphics.drawImage(picture, x, y, TILE, TILE, null);
    graphics.drawString(caption, x, y + TILE + 13);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
