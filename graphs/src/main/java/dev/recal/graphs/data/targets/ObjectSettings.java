package dev.recal.graphs.data.targets;

import java.util.Objects;

/**
 * How a pipeline delivers the objects of images.
 *
 * @param maxObjects most places for objects an image has; of an image with more the first are
 *     delivered. A set whose images all have fewer gets as many places as its fullest image
 * @param minSide an object whose box is cut or shrunk to a height or width below this many pixels
 *     is left out; one that nothing is left of always is
 * @param masks in which form masks are delivered
 */
public record ObjectSettings(int maxObjects, double minSide, MaskForm masks) {

  /** Rejects counts below 1 and negative or infinite sides. */
  public ObjectSettings {
    Objects.requireNonNull(masks, "masks");
    if (maxObjects < 1) {
      throw new IllegalArgumentException(
          "maxObjects: expected at least 1, but got " + maxObjects + ".");
    }
    if (!(minSide >= 0 && minSide < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "minSide: expected a finite number of 0 or more, but got " + minSide + ".");
    }
  }

  /** At most 100 objects an image, of 1 pixel or more, without masks. */
  public static ObjectSettings defaults() {
    return new ObjectSettings(100, 1, MaskForm.none());
  }

  /** The same with masks. */
  public ObjectSettings withMasks(MaskForm newMasks) {
    return new ObjectSettings(maxObjects, minSide, newMasks);
  }

  /** In which form masks are delivered; each pixel of them is the nearest of the object's mask. */
  public sealed interface MaskForm {
    /** No masks. */
    static MaskForm none() {
      return new None();
    }

    /** Masks of the delivered image's height and width. */
    static MaskForm whole() {
      return new Whole();
    }

    /** The box of each object, brought to a size. */
    static MaskForm boxes(int size) {
      return new Boxes(size);
    }

    /** No masks. */
    record None() implements MaskForm {}

    /** Masks of the delivered image's height and width. */
    record Whole() implements MaskForm {}

    /**
     * The box of each object, as delivered, brought to a size.
     *
     * @param size rows and columns
     */
    record Boxes(int size) implements MaskForm {
      /** Rejects sizes below 1. */
      public Boxes {
        if (size < 1) {
          throw new IllegalArgumentException("size: expected at least 1, but got " + size + ".");
        }
      }
    }
  }
}
