package dev.recal.models.detection;

import dev.recal.graphs.detection.found.FoundObject;
import java.util.List;

/**
 * The objects that a detector found in an image.
 *
 * @param height of the upright image, in pixels
 * @param width of the upright image, in pixels
 * @param objects by falling score, in the image's pixels
 */
public record DetectedImage(int height, int width, List<FoundObject> objects) {

  /** Copies the list. */
  public DetectedImage {
    objects = List.copyOf(objects);
  }

  /** Returns a copy with the objects whose score is at least a minimum. */
  public DetectedImage above(double minimumScore) {
    return new DetectedImage(
        height, width, objects.stream().filter(found -> found.score() >= minimumScore).toList());
  }
}
