package dev.recal.graphs.explain;

/**
 * One value for each position of a map.
 *
 * @param height rows
 * @param width columns
 * @param values in row-major order
 */
public record Plane(int height, int width, float[] values) {

  /** Rejects a wrong number of values. */
  public Plane {
    if (height < 1 || width < 1 || values.length != height * width) {
      throw new IllegalArgumentException(
          "values: expected one for each of "
              + height
              + "×"
              + width
              + " positions, but got "
              + values.length
              + ".");
    }
  }

  /** Returns the greatest value. */
  public float max() {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      max = Math.max(max, value);
    }
    return max;
  }

  /** Returns the value at a position of an image of another size, without interpolation. */
  float nearest(int y, int x, int pictureHeight, int pictureWidth) {
    return at(y * height / pictureHeight, x * width / pictureWidth);
  }

  /** Returns the value at a position of an image of another size, bilinear between the centres. */
  float smooth(int y, int x, int pictureHeight, int pictureWidth) {
    float row = Math.max(0, (y + 0.5f) * height / pictureHeight - 0.5f);
    float column = Math.max(0, (x + 0.5f) * width / pictureWidth - 0.5f);
    int top = (int) row;
    int left = (int) column;
    int bottom = Math.min(height - 1, top + 1);
    int right = Math.min(width - 1, left + 1);
    float down = row - top;
    float across = column - left;
    float above = at(top, left) * (1 - across) + at(top, right) * across;
    float below = at(bottom, left) * (1 - across) + at(bottom, right) * across;
    return above * (1 - down) + below * down;
  }

  private float at(int y, int x) {
    return values[y * width + x];
  }
}
