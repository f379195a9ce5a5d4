package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.Mask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A member {@code segmentation}: polygons, runs, or runs as compressed text.
 *
 * @param polygons corners x, y, x, y …; null for runs
 * @param size height and width; null for polygons
 * @param runs null if the text is given
 * @param counts null if the runs are given
 */
record Segmentation(List<double[]> polygons, int[] size, int[] runs, String counts) {

  static Segmentation read(StreamedJson json) throws IOException {
    if (json.isList()) {
      List<double[]> polygons = new ArrayList<>();
      json.list(i -> polygons.add(json.numbers()));
      return new Segmentation(polygons, null, null, null);
    }
    int[][] size = new int[2][];
    String[] counts = {null};
    json.object(
        name -> {
          switch (name) {
            case "size" -> size[0] = integers(json);
            case "counts" -> {
              if (json.isText()) {
                counts[0] = json.text();
              } else {
                size[1] = integers(json);
              }
            }
            default -> {
              return false;
            }
          }
          return true;
        });
    if (size[0] == null || size[0].length != 2 || size[1] == null && counts[0] == null) {
      throw json.refused(
          json.lastPlace(),
          "expected polygons, or runs with 'size' (height and width) and 'counts'.");
    }
    return new Segmentation(null, size[0], size[1], counts[0]);
  }

  private static int[] integers(StreamedJson json) throws IOException {
    List<Integer> values = new ArrayList<>();
    json.list(i -> values.add((int) json.integer(0, Integer.MAX_VALUE)));
    return values.stream().mapToInt(i -> i).toArray();
  }

  /** How many polygons have fewer than three corners. */
  int flatPolygons() {
    return polygons == null ? 0 : (int) polygons.stream().filter(Segmentation::isFlat).count();
  }

  /** The same without polygons of fewer than three corners. */
  Segmentation withoutFlatPolygons() {
    return flatPolygons() == 0
        ? this
        : new Segmentation(
            polygons.stream().filter(polygon -> !isFlat(polygon)).toList(), size, runs, counts);
  }

  private static boolean isFlat(double[] polygon) {
    return polygon.length < 6;
  }

  /**
   * The mask in an image.
   *
   * @throws IllegalArgumentException if the runs are those of an image of another size, or damaged
   */
  Mask mask(int height, int width) {
    if (polygons != null) {
      if (polygons.isEmpty()) {
        throw new IllegalArgumentException("polygons: expected at least one, but got none.");
      }
      return Mask.ofPolygons(height, width, polygons);
    }
    if (!Arrays.equals(size, new int[] {height, width})) {
      throw new IllegalArgumentException(
          ("size: expected that of the image, " + height + "×" + width + ", but got " + size[0])
              + ("×" + size[1] + "."));
    }
    return counts != null
        ? Mask.ofCompressed(height, width, counts)
        : Mask.ofRuns(height, width, runs);
  }
}
