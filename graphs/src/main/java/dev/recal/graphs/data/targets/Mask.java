package dev.recal.graphs.data.targets;

import java.util.Arrays;
import java.util.List;

/**
 * Which pixels of an image an object covers, as run lengths in COCO's order: column after column
 * from the top, beginning with pixels that are not covered. Immutable.
 */
public final class Mask {
  private final int height;
  private final int width;
  // Where each run ends, in pixels from the start; the last is height·width.
  private final int[] ends;

  private Mask(int height, int width, int[] ends) {
    this.height = height;
    this.width = width;
    this.ends = ends;
  }

  /**
   * A mask given by its runs.
   *
   * @param runs lengths, alternating between uncovered and covered pixels; their sum is
   *     height·width
   */
  public static Mask ofRuns(int height, int width, int... runs) {
    long pixels = requirePixels(height, width);
    int[] ends = new int[runs.length];
    long end = 0;
    for (int i = 0; i < runs.length; i++) {
      end += runs[i];
      if (runs[i] < 0 || end > pixels) {
        throw new IllegalArgumentException(
            ("runs: expected lengths of 0 or more that add up to " + pixels + " pixels, but got ")
                + (runs[i] + " at index " + i + "."));
      }
      ends[i] = (int) end;
    }
    if (end != pixels) {
      throw new IllegalArgumentException(
          ("runs: expected lengths that add up to " + height + "×" + width + " = " + pixels)
              + (" pixels, but got " + end + "."));
    }
    return new Mask(height, width, ends);
  }

  /**
   * A mask given pixel by pixel.
   *
   * @param covered row after row
   */
  public static Mask ofPixels(int height, int width, boolean[] covered) {
    long pixels = requirePixels(height, width);
    if (covered.length != pixels) {
      throw new IllegalArgumentException(
          "covered: expected " + pixels + " pixels, but got " + covered.length + ".");
    }
    int[] ends = new int[covered.length + 2];
    int count = 0;
    boolean current = false;
    for (int place = 0; place < covered.length; place++) {
      if (covered[place % height * width + place / height] != current) {
        ends[count++] = place;
        current = !current;
      }
    }
    ends[count++] = covered.length;
    return new Mask(height, width, Arrays.copyOf(ends, count));
  }

  /**
   * The pixels inside of any of several polygons, by the rule of COCO's own tools.
   *
   * @param polygons corners x, y, x, y … in pixels, three corners or more
   */
  public static Mask ofPolygons(int height, int width, List<double[]> polygons) {
    requirePixels(height, width);
    boolean[] covered = new boolean[height * width];
    for (double[] polygon : polygons) {
      int[] toggles = PolygonOutline.toggles(height, width, polygon);
      for (int i = 0; i < toggles.length; i += 2) {
        int end = i + 1 < toggles.length ? toggles[i + 1] : covered.length;
        for (int place = toggles[i]; place < end; place++) {
          covered[place % height * width + place / height] = true;
        }
      }
    }
    return ofPixels(height, width, covered);
  }

  private static long requirePixels(int height, int width) {
    if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE - 2) {
      throw new IllegalArgumentException(
          "height and width: expected a size of 1 to 2³¹ − 3 pixels, but got "
              + (height + "×" + width + "."));
    }
    return (long) height * width;
  }

  /** Of the image, in pixels. */
  public int height() {
    return height;
  }

  /** Of the image, in pixels. */
  public int width() {
    return width;
  }

  /** The lengths of the runs. */
  public int[] runs() {
    int[] runs = ends.clone();
    for (int i = runs.length - 1; i > 0; i--) {
      runs[i] -= runs[i - 1];
    }
    return runs;
  }

  /** How many pixels are covered. */
  public int area() {
    int area = 0;
    for (int i = 1; i < ends.length; i += 2) {
      area += ends[i] - ends[i - 1];
    }
    return area;
  }

  /** Whether a pixel is covered. */
  public boolean covers(int y, int x) {
    int place = x * height + y;
    int run = 0;
    while (ends[run] <= place) {
      run++;
    }
    return run % 2 == 1;
  }

  int[] ends() {
    return ends;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mask mask
        && mask.height == height
        && mask.width == width
        && Arrays.equals(mask.ends, ends);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(ends);
  }

  @Override
  public String toString() {
    return height + "×" + width + " mask of " + area() + " pixels";
  }
}
