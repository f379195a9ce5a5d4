package dev.recal.graphs.detection.found;

import dev.recal.graphs.data.targets.Mask;
import dev.recal.ops.Arguments;
import dev.recal.ops.detection.Conventions;
import java.util.Objects;

/**
 * Brings a mask of a box into its image: probabilities are interpolated bilinearly, and pixels
 * above one half belong to the object. The forms differ in where a pixel samples the mask:
 *
 * <ul>
 *   <li>{@link Conventions#LEGACY}: the mask is resized to the box in whole pixels, both edges
 *       truncated and included;
 *   <li>{@link Conventions#PLAIN}: at the pixel's centre in the box, with zeros around the mask;
 *   <li>{@link Conventions#TORCHVISION}: a border of zeros is added to the mask, the box enlarged
 *       with it and truncated to whole pixels, both edges included.
 * </ul>
 */
public final class MaskPasting {

  private static final float THRESHOLD = 0.5f;

  private final Conventions conventions;

  private MaskPasting(Conventions conventions) {
    this.conventions = Objects.requireNonNull(conventions, "conventions");
  }

  /** Returns the form of a convention. */
  public static MaskPasting of(Conventions conventions) {
    return new MaskPasting(conventions);
  }

  /**
   * Pastes a mask.
   *
   * @param cells probabilities of a square mask, rows first
   * @param box x1, y1, x2, y2 in pixels of the image
   * @param height of the image
   * @param width of the image
   */
  public Mask paste(float[] cells, float[] box, int height, int width) {
    int size = (int) Math.round(Math.sqrt(cells.length));
    Arguments.require(
        size >= 1 && size * size == cells.length, "cells", "a square mask", cells.length);
    Arguments.require(box.length == 4, "box", "4 coordinates", box.length);
    Line rows = line(box[1], box[3], size, height);
    Line columns = line(box[0], box[2], size, width);
    boolean[] covered = new boolean[Math.multiplyExact(height, width)];
    for (int y = rows.from; y < rows.end; y++) {
      for (int x = columns.from; x < columns.end; x++) {
        float value = sample(cells, size, rows.place(y), columns.place(x));
        covered[y * width + x] =
            conventions == Conventions.PLAIN ? value >= THRESHOLD : value > THRESHOLD;
      }
    }
    return Mask.ofPixels(height, width, covered);
  }

  /**
   * Which pixels of an axis are covered, and where they sample the mask.
   *
   * @param from the first pixel
   * @param end after the last
   * @param start the place of pixel 0 in the mask
   * @param step from a pixel to the next, in cells
   * @param first the smallest place
   * @param last the largest place
   */
  private record Line(int from, int end, double start, double step, double first, double last) {
    double place(int pixel) {
      return Math.min(Math.max(start + pixel * step, first), last);
    }
  }

  private Line line(float low, float high, int size, int pixels) {
    if (conventions == Conventions.PLAIN) {
      double step = size / Math.max(1e-6, (double) high - low);
      int from = (int) Math.max(0, Math.floor(low) - 1);
      int end = (int) Math.min(pixels, Math.ceil(high) + 1);
      return new Line(from, end, (0.5 - low) * step - 0.5, step, -1, size);
    }
    boolean border = conventions == Conventions.TORCHVISION;
    int cells = border ? size + 2 : size;
    double half = border ? (high - low) / 2. * cells / size : (high - low) / 2.;
    double centre = (low + high) / 2.;
    int first = (int) (border ? centre - half : low);
    int last = (int) (border ? centre + half : high);
    int count = Math.max(last - first + 1, 1);
    double step = (double) cells / count;
    double start = (0.5 - first) * step - 0.5;
    // Cells of the border are −1 and size; the samples of a resized image stay within it.
    double shift = border ? 1 : 0;
    return new Line(
        Math.max(0, first),
        Math.min(pixels, first + count),
        start - shift,
        step,
        -shift,
        cells - 1 - shift);
  }

  private static float sample(float[] cells, int size, double y, double x) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double below = y - top;
    double right = x - left;
    return (float)
        ((1 - below)
                * ((1 - right) * cell(cells, size, top, left)
                    + right * cell(cells, size, top, left + 1))
            + below
                * ((1 - right) * cell(cells, size, top + 1, left)
                    + right * cell(cells, size, top + 1, left + 1)));
  }

  // 0 outside.
  private static float cell(float[] cells, int size, int y, int x) {
    return y < 0 || y >= size || x < 0 || x >= size ? 0 : cells[y * size + x];
  }
}
