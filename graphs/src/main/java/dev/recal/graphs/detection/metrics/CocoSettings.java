package dev.recal.graphs.detection.metrics;

import dev.recal.graphs.data.coco.GroundTruth;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * At which thresholds, recalls, areas and numbers of detections COCO's evaluation is made.
 *
 * @param thresholds of IoU, above which a detection can match an object; ascending, in 0 to 1
 * @param recallPoints at which precision is read off; ascending, in 0 to 1
 * @param areas ranges of objects' areas, that of all objects first
 * @param maxDetections how many detections of an image and a category count, those with the
 *     greatest scores; ascending
 * @param ignoreFlags whether {@link GroundTruth#ignore} is used. pycocotools overwrites that member
 *     of its files with {@code iscrowd}, so there it has no effect
 */
public record CocoSettings(
    List<Double> thresholds,
    List<Double> recallPoints,
    List<AreaRange> areas,
    List<Integer> maxDetections,
    boolean ignoreFlags) {

  /**
   * A range of areas in square pixels, both bounds included.
   *
   * @param name for example small
   */
  public record AreaRange(String name, double min, double max) {
    /** Rejects empty names and ranges. */
    public AreaRange {
      Objects.requireNonNull(name, "name");
      if (name.isBlank() || !(min <= max)) {
        throw new IllegalArgumentException(
            ("area: expected a name and min ≤ max, but got '" + name + "', " + min + " and ")
                + (max + "."));
      }
    }

    boolean contains(double area) {
      return area >= min && area <= max;
    }
  }

  /** Rejects empty lists, and those that do not ascend within their bounds. */
  public CocoSettings {
    thresholds = List.copyOf(thresholds);
    recallPoints = List.copyOf(recallPoints);
    areas = List.copyOf(areas);
    maxDetections = List.copyOf(maxDetections);
    requireAscending("thresholds", thresholds, 0, 1);
    requireAscending("recallPoints", recallPoints, 0, 1);
    requireAscending(
        "maxDetections",
        maxDetections.stream().map(Integer::doubleValue).toList(),
        1,
        Integer.MAX_VALUE);
    if (areas.isEmpty() || areas.stream().map(AreaRange::name).distinct().count() < areas.size()) {
      throw new IllegalArgumentException(
          "areas: expected at least one range, with different names, but got " + areas + ".");
    }
  }

  /**
   * COCO's: thresholds 0.50, 0.55 … 0.95, recalls 0, 0.01 … 1, all areas, small up to 32², medium
   * up to 96² and large ones, and 1, 10 and 100 detections.
   */
  public static CocoSettings defaults() {
    return new CocoSettings(
        steps(0.5, 0.95, 10),
        steps(0, 1, 101),
        List.of(
            new AreaRange("all", 0, 1e10),
            new AreaRange("small", 0, 32 * 32),
            new AreaRange("medium", 32 * 32, 96 * 96),
            new AreaRange("large", 96 * 96, 1e10)),
        List.of(1, 10, 100),
        false);
  }

  /** The same with other numbers of detections. */
  public CocoSettings withMaxDetections(Integer... newMaxDetections) {
    return new CocoSettings(
        thresholds, recallPoints, areas, List.of(newMaxDetections), ignoreFlags);
  }

  /** The same, with or without the flags of objects to ignore. */
  public CocoSettings withIgnoreFlags(boolean newIgnoreFlags) {
    return new CocoSettings(thresholds, recallPoints, areas, maxDetections, newIgnoreFlags);
  }

  // Rounded as numpy.linspace does, since recall can equal a point.
  private static List<Double> steps(double first, double last, int count) {
    double step = (last - first) / (count - 1);
    return IntStream.range(0, count)
        .mapToObj(i -> i == count - 1 ? last : i * step + first)
        .toList();
  }

  private static void requireAscending(String name, List<Double> values, double min, double max) {
    double last = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (!(value > last && value >= min && value <= max)) {
        last = Double.NaN;
        break;
      }
      last = value;
    }
    if (values.isEmpty() || Double.isNaN(last)) {
      throw new IllegalArgumentException(
          (name + ": expected at least one number, ascending, from " + min + " to " + max)
              + (", but got " + values + "."));
    }
  }
}
