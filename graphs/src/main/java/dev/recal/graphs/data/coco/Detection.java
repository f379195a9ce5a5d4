package dev.recal.graphs.data.coco;

import dev.recal.graphs.data.targets.Mask;
import java.util.Objects;
import java.util.Optional;

/**
 * An object that a network found.
 *
 * @param image id of its image
 * @param category id of its category
 * @param score detections with greater scores are matched first
 * @param box around it
 * @param mask its pixels, if known
 */
public record Detection(long image, int category, double score, CocoBox box, Optional<Mask> mask) {

  /** Rejects missing parts, and scores that are not finite. */
  public Detection {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(mask, "mask");
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException("score: expected a finite number, but got " + score + ".");
    }
  }

  /** A detection without a mask. */
  public Detection(long image, int category, double score, CocoBox box) {
    this(image, category, score, box, Optional.empty());
  }
}
