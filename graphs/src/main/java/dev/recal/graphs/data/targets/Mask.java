package dev.recal.graphs.data.targets;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
    // Objects are small, and rows are faster to read than columns.
    boolean[] anywhere = new boolean[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        anywhere[x] |= covered[y * width + x];
      }
    }
    int[] ends = new int[2 * width + 2];
    int count = 0;
    boolean current = false;
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height && (current || anywhere[x]); y++) {
        if (covered[y * width + x] != current) {
          if (count == ends.length - 1) {
            ends = Arrays.copyOf(ends, 2 * ends.length);
          }
          ends[count++] = x * height + y;
          current = !current;
        }
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
    int pixels = (int) requirePixels(height, width);
    int[] ends = {pixels};
    for (double[] polygon : polygons) {
      int[] toggles = PolygonOutline.toggles(height, width, polygon);
      // A toggle after the last pixel changes nothing.
      int count = toggles.length;
      if (count > 0 && toggles[count - 1] == pixels) {
        count--;
      }
      int[] inside = Arrays.copyOf(toggles, count + 1);
      inside[count] = pixels;
      ends = RunEnds.union(ends, inside);
    }
    return new Mask(height, width, ends);
  }

  /**
   * A mask given by COCO's compressed text of its runs.
   *
   * @param counts as {@link #compressed} returns it
   */
  public static Mask ofCompressed(int height, int width, String counts) {
    return ofRuns(height, width, CompressedRuns.read(counts));
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

  /** The runs as COCO's compressed text. */
  public String compressed() {
    return CompressedRuns.write(runs());
  }

  /**
   * The smallest box around the covered pixels, if there are any. As in COCO's own tools, a run
   * that continues in the next column counts as reaching from the top to the bottom, which it does.
   */
  public Optional<Box> box() {
    int top = height;
    int left = width;
    int bottom = 0;
    int right = 0;
    for (int i = 1; i < ends.length; i += 2) {
      int start = ends[i - 1];
      int last = ends[i] - 1;
      if (start <= last) {
        boolean oneColumn = start / height == last / height;
        top = Math.min(top, oneColumn ? start % height : 0);
        bottom = Math.max(bottom, oneColumn ? last % height + 1 : height);
        left = Math.min(left, start / height);
        right = Math.max(right, last / height + 1);
      }
    }
    return right == 0 ? Optional.empty() : Optional.of(new Box(top, left, bottom, right));
  }

  /**
   * How many pixels both masks cover.
   *
   * @param object a mask of the same height and width
   */
  public int intersection(Mask object) {
    if (object.height != height || object.width != width) {
      throw new IllegalArgumentException(
          "object: expected a mask of "
              + height
              + "×"
              + width
              + " pixels, but got one of "
              + (object.height + "×" + object.width + "."));
    }
    return RunEnds.intersection(ends, object.ends);
  }

  /**
   * Intersection over union with an object's mask; over the area of this mask, if the object is a
   * crowd. 0 if the masks have no pixel in common.
   *
   * @param object a mask of the same height and width
   * @param crowd whether it covers several objects as a group
   */
  public double iou(Mask object, boolean crowd) {
    int common = intersection(object);
    if (common == 0) {
      return 0;
    }
    int area = area();
    return (double) common / (crowd ? area : area + object.area() - common);
  }

  /** Returns whether each pixel is covered, row after row. */
  public boolean[] pixels() {
    boolean[] covered = new boolean[Math.multiplyExact(height, width)];
    int from = 0;
    for (int run = 0; run < ends.length; run++) {
      for (int place = from; run % 2 == 1 && place < ends[run]; place++) {
        covered[place % height * width + place / height] = true;
      }
      from = ends[run];
    }
    return covered;
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
