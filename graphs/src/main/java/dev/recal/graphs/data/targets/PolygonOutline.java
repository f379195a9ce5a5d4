package dev.recal.graphs.data.targets;

import java.util.Arrays;

/**
 * The crossings of a polygon's outline with the columns of an image, by the rule of COCO's mask
 * library: edges are walked on a grid five times as fine, and each step to another column toggles
 * the pixels below.
 */
final class PolygonOutline {
  private static final double OVERSAMPLING = 5;

  private final int height;
  private final int width;
  private final int[] toggles;
  private int count;

  private PolygonOutline(int height, int width, int capacity) {
    this.height = height;
    this.width = width;
    toggles = new int[capacity];
  }

  /**
   * Returns the places, column after column from the top, at which inside and outside change, in
   * ascending order; equal ones cancel out.
   *
   * @param polygon corners x, y, x, y …
   */
  static int[] toggles(int height, int width, double[] polygon) {
    if (polygon.length < 6 || polygon.length % 2 != 0) {
      throw new IllegalArgumentException(
          "polygon: expected three corners or more as x, y, x, y …, but got "
              + (polygon.length + " numbers."));
    }
    int corners = polygon.length / 2;
    int[] x = new int[corners + 1];
    int[] y = new int[corners + 1];
    int steps = 1;
    for (int i = 0; i < corners; i++) {
      x[i] = fine(polygon[2 * i]);
      y[i] = fine(polygon[2 * i + 1]);
    }
    x[corners] = x[0];
    y[corners] = y[0];
    for (int i = 0; i < corners; i++) {
      steps = Math.addExact(steps, 1 + span(x, y, i));
    }
    PolygonOutline outline = new PolygonOutline(height, width, steps);
    int[] walkX = new int[steps];
    int[] walkY = new int[steps];
    int length = 0;
    for (int i = 0; i < corners; i++) {
      length = walk(x[i], y[i], x[i + 1], y[i + 1], walkX, walkY, length);
    }
    for (int i = 1; i < length; i++) {
      outline.step(walkX[i - 1], walkY[i - 1], walkX[i], walkY[i]);
    }
    return outline.sorted();
  }

  private static int fine(double coordinate) {
    double scaled = coordinate * OVERSAMPLING + 0.5;
    if (!(Math.abs(scaled) < 1 << 28)) {
      throw new IllegalArgumentException(
          "polygon: expected corners near an image, but got " + coordinate + ".");
    }
    return (int) scaled;
  }

  private static int span(int[] x, int[] y, int edge) {
    return Math.max(Math.abs(x[edge + 1] - x[edge]), Math.abs(y[edge + 1] - y[edge]));
  }

  /** Walks an edge along its longer axis, always in that axis's ascending direction. */
  private static int walk(
      int fromX, int fromY, int toX, int toY, int[] walkX, int[] walkY, int first) {
    int dx = Math.abs(toX - fromX);
    int dy = Math.abs(toY - fromY);
    boolean wide = dx >= dy;
    boolean backwards = wide ? fromX > toX : fromY > toY;
    int startX = backwards ? toX : fromX;
    int startY = backwards ? toY : fromY;
    int length = Math.max(dx, dy);
    double slope = 0;
    if (length > 0) {
      double rise = wide ? toY - fromY : toX - fromX;
      slope = (backwards ? -rise : rise) / length;
    }
    for (int step = 0; step <= length; step++) {
      int along = backwards ? length - step : step;
      int across = (int) ((wide ? startY : startX) + slope * along + 0.5);
      walkX[first + step] = wide ? startX + along : across;
      walkY[first + step] = wide ? across : startY + along;
    }
    return first + length + 1;
  }

  private void step(int lastX, int lastY, int x, int y) {
    if (x == lastX) {
      return;
    }
    double column = ((x < lastX ? x : x - 1) + 0.5) / OVERSAMPLING - 0.5;
    if (column != Math.floor(column) || column < 0 || column > width - 1) {
      return;
    }
    double line = (Math.min(y, lastY) + 0.5) / OVERSAMPLING - 0.5;
    line = Math.ceil(Math.max(0, Math.min(height, line)));
    toggles[count++] = (int) column * height + (int) line;
  }

  private int[] sorted() {
    int[] all = Arrays.copyOf(toggles, count);
    Arrays.sort(all);
    int kept = 0;
    for (int place : all) {
      if (kept > 0 && all[kept - 1] == place) {
        kept--;
      } else {
        all[kept++] = place;
      }
    }
    return Arrays.copyOf(all, kept);
  }
}
