package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.Mask;
import java.util.Objects;
import java.util.Optional;

/**
 * An annotated object.
 *
 * @param image id of its image
 * @param category id of its category
 * @param box around it
 * @param area in pixels, as annotated; decides whether the object is small, medium or large
 * @param crowd whether it is a group of objects, which any number of detections may match and none
 *     has to
 * @param ignore whether detections of it are neither correct nor wrong; evaluation counts it only
 *     if it is asked to
 * @param mask its pixels, if known
 */
public record GroundTruth(
    long image,
    int category,
    CocoBox box,
    double area,
    boolean crowd,
    boolean ignore,
    Optional<Mask> mask) {

  /** Rejects missing parts, and areas that are negative or not finite. */
  public GroundTruth {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(mask, "mask");
    if (!(area >= 0) || Double.isInfinite(area)) {
      throw new IllegalArgumentException(
          "area: expected a finite number of 0 or more, but got " + area + ".");
    }
  }

  /** A single object without a mask, whose area is that of its box. */
  public GroundTruth(long image, int category, CocoBox box) {
    this(image, category, box, box.area(), false, false, Optional.empty());
  }
}
