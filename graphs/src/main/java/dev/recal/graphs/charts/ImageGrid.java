package dev.recal.graphs.charts;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * A grid of images of equal size.
 *
 * <p>Pixels are red, green and blue from 0 to 1, in row-major order, as networks output them;
 * values outside are clipped, and 0–1 is rounded to 0–255.
 */
public final class ImageGrid {

  private static final int CHANNELS = 3;
  private static final int GAP = 2;

  private final int rows;
  private final int columns;
  private final int height;
  private final int width;
  private final BufferedImage sheet;

  /**
   * Creates an empty grid.
   *
   * @param rows at least 1
   * @param columns at least 1
   * @param height of a picture in pixels
   * @param width of a picture in pixels
   * @throws IllegalArgumentException if a number is below 1, or the grid is too large for an image
   */
  public ImageGrid(int rows, int columns, int height, int width) {
    if (rows < 1 || columns < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "rows, columns, height and width: expected at least 1 each, but got "
              + rows
              + ", "
              + columns
              + ", "
              + height
              + " and "
              + width
              + ".");
    }
    long pixels = (long) rows * (height + GAP) * columns * (width + GAP);
    if (pixels > Integer.MAX_VALUE / CHANNELS) {
      throw new IllegalArgumentException(
          "rows, columns: a grid of "
              + rows
              + " by "
              + columns
              + " images of "
              + width
              + "×"
              + height
              + " exceeds the maximum image size; request fewer.");
    }
    this.rows = rows;
    this.columns = columns;
    this.height = height;
    this.width = width;
    sheet =
        new BufferedImage(
            columns * (width + GAP) - GAP, rows * (height + GAP) - GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.dispose();
  }

  /**
   * Returns a grid of all pictures of an array, row by row.
   *
   * @param pixels (N, size, size, 3)
   * @param size rows and columns of a picture
   * @param columns the maximum number of images per row
   */
  public static ImageGrid of(float[] pixels, int size, int columns) {
    int count = pixels.length / (size * size * CHANNELS);
    int across = Math.min(columns, count);
    ImageGrid grid = new ImageGrid((count + across - 1) / across, across, size, size);
    for (int i = 0; i < count; i++) {
      grid.put(i / across, i % across, pixels, i);
    }
    return grid;
  }

  /**
   * Returns a sheet of pictures, row by row, each in a cell of the largest height and width.
   *
   * @param pictures at least one
   * @param columns the maximum number of images per row
   */
  public static BufferedImage of(List<BufferedImage> pictures, int columns) {
    int height = pictures.stream().mapToInt(BufferedImage::getHeight).max().orElseThrow();
    int width = pictures.stream().mapToInt(BufferedImage::getWidth).max().orElseThrow();
    int across = Math.min(columns, pictures.size());
    ImageGrid grid = new ImageGrid((pictures.size() + across - 1) / across, across, height, width);
    Graphics2D graphics = grid.sheet.createGraphics();
    for (int i = 0; i < pictures.size(); i++) {
      graphics.drawImage(
          pictures.get(i), i % across * (width + GAP), i / across * (height + GAP), null);
    }
    graphics.dispose();
    return grid.sheet;
  }

  /** Returns the columns of an approximately square grid of this many images. */
  public static int columns(int count) {
    return (int) Math.ceil(Math.sqrt(count));
  }

  /**
   * Draws a picture.
   *
   * @param pixels (N, height, width, 3)
   * @param index which of the N
   */
  public void put(int row, int column, float[] pixels, int index) {
    if (row < 0 || row >= rows || column < 0 || column >= columns) {
      throw new IllegalArgumentException(
          "row, column: expected a cell of "
              + rows
              + " rows and "
              + columns
              + " columns, but got row "
              + row
              + " and column "
              + column
              + ".");
    }
    int[] colours = colours(pixels, index * height * width * CHANNELS, height * width);
    sheet.setRGB(column * (width + GAP), row * (height + GAP), width, height, colours, 0, width);
  }

  /** Returns the current grid. */
  public BufferedImage image() {
    return sheet;
  }

  /**
   * Returns one picture by itself.
   *
   * @param pixels (N, size, size, 3)
   * @param index which of the N
   */
  public static BufferedImage single(float[] pixels, int size, int index) {
    ImageGrid grid = new ImageGrid(1, 1, size, size);
    grid.put(0, 0, pixels, index);
    return grid.image();
  }

  private static int[] colours(float[] pixels, int from, int count) {
    int[] colours = new int[count];
    for (int i = 0; i < count; i++) {
      int at = from + i * CHANNELS;
      colours[i] = level(pixels[at]) << 16 | level(pixels[at + 1]) << 8 | level(pixels[at + 2]);
    }
    return colours;
  }

  // NaN becomes black.
  private static int level(float value) {
    return (int) (Math.max(0, Math.min(1, value)) * 255 + 0.5f);
  }
}
