package dev.recal.graphs.detection.training;

import dev.recal.graphs.detection.metrics.CocoResult;
import dev.recal.graphs.training.Review;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * COCO's numbers of an evaluation. The score is the AP of boxes, as in mmdetection.
 *
 * @param images how many were evaluated
 * @param detections how many were found in all of them
 * @param boxes compared by boxes
 * @param masks compared by masks; empty for a detector without masks, or objects without
 */
record DetectionSummary(long images, long detections, CocoResult boxes, Optional<CocoResult> masks)
    implements Review {

  private static final String SCORE = "box_AP";

  @Override
  public OptionalDouble score() {
    Double ap = metrics().get(SCORE);
    return ap == null ? OptionalDouble.empty() : OptionalDouble.of(ap);
  }

  /**
   * Returns the numbers by name, for example {@code box_AP50}, without those that have no object.
   */
  @Override
  public SortedMap<String, Double> metrics() {
    return new TreeMap<>(numbers());
  }

  /** Returns the same in COCO's order, boxes first. */
  Map<String, Double> numbers() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    add(numbers, "box_", boxes);
    masks.ifPresent(result -> add(numbers, "mask_", result));
    return numbers;
  }

  private static void add(Map<String, Double> numbers, String prefix, CocoResult result) {
    result
        .numbers()
        .forEach(
            (name, value) -> {
              if (value != CocoResult.NONE) {
                numbers.put(prefix + name.replace(' ', '_'), value);
              }
            });
  }
}
