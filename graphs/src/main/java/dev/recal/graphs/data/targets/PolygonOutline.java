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
  private int[] toggles = new int[64];
  private int count;
  private int lastX;
  private int lastY;

  private PolygonOutline(int height, int width, int x, int y) {
    this.height = height;
    this.width = width;
    lastX = x;
    lastY = y;
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
    for (int i = 0; i < corners; i++) {
      x[i] = fine(polygon[2 * i]);
      y[i] = fine(polygon[2 * i + 1]);
    }
    x[corners] = x[0];
    y[corners] = y[0];
    PolygonOutline outline = new PolygonOutline(height, width, x[0], y[0]);
    for (int i = 0; i < corners; i++) {
      outline.walk(x[i], y[i], x[i + 1], y[i + 1]);
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

  /** Walks an edge along its longer axis, always in that axis's ascending direction. */
  private void walk(int fromX, int fromY, int toX, int toY) {
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
      step(wide ? startX + along : across, wide ? across : startY + along);
    }
  }

  private void step(int x, int y) {
    if (x != lastX) {
      cross(x, y);
    }
    lastX = x;
    lastY = y;
  }

  private void cross(int x, int y) {
    double column = ((x < lastX ? x : x - 1) + 0.5) / OVERSAMPLING - 0.5;
    if (column != Math.floor(column) || column < 0 || column > width - 1) {
      return;
    }
    double line = (Math.min(y, lastY) + 0.5) / OVERSAMPLING - 0.5;
    line = Math.ceil(Math.max(0, Math.min(height, line)));
    if (count == toggles.length) {
      toggles = Arrays.copyOf(toggles, 2 * count);
    }
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
