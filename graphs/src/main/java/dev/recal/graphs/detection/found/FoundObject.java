package dev.recal.graphs.detection.found;

import dev.recal.graphs.data.coco.CocoBox;
import dev.recal.graphs.data.coco.Detection;
import dev.recal.graphs.data.targets.Mask;
import dev.recal.ops.detection.Conventions;
import java.util.Objects;
import java.util.Optional;

/**
 * An object that a detector found in an image.
 *
 * @param box x1, y1, x2, y2 in pixels of the image
 * @param label from 0
 * @param score its probability
 * @param mask the probability of each cell of the box, rows first; empty without masks
 */
public record FoundObject(float[] box, int label, float score, Optional<float[]> mask) {

  /** Rejects missing values. */
  public FoundObject {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(mask, "mask");
  }

  /** Returns the box as COCO has it. */
  public CocoBox coco(Conventions conventions) {
    float[] found = conventions.coco(box);
    return new CocoBox(found[0], found[1], Math.max(0, found[2]), Math.max(0, found[3]));
  }

  /**
   * Returns the object for an evaluation.
   *
   * @param image its id
   * @param category of its label
   * @param height of the image
   * @param width of the image
   */
  public Detection detection(
      Conventions conventions, long image, int category, int height, int width) {
    return new Detection(
        image, category, score, coco(conventions), pixels(conventions, height, width));
  }

  /** Returns the mask in the image; empty without masks. */
  public Optional<Mask> pixels(Conventions conventions, int height, int width) {
    return mask.map(cells -> MaskPasting.of(conventions).paste(cells, box, height, width));
  }
}
