package dev.recal.graphs.data.targets;

/**
 * A box in an image, in pixels from the top left corner; the first pixel reaches from 0 to 1.
 *
 * @param top upper edge
 * @param left left edge
 * @param bottom lower edge, above {@code top}
 * @param right right edge, above {@code left}
 */
public record Box(float top, float left, float bottom, float right) {

  /** Rejects edges that are not finite, and boxes without area. */
  public Box {
    // Written so that NaN is rejected.
    if (!(top < bottom && left < right)
        || Float.isInfinite(top)
        || Float.isInfinite(left)
        || Float.isInfinite(bottom)
        || Float.isInfinite(right)) {
      throw new IllegalArgumentException(
          ("box: expected finite edges with top < bottom and left < right, but got top " + top)
              + (", left " + left + ", bottom " + bottom + ", right " + right + "."));
    }
  }

  /** Whether the box lies within an image. */
  public boolean within(int height, int width) {
    return top >= 0 && left >= 0 && bottom <= height && right <= width;
  }

  @Override
  public String toString() {
    return "(top " + top + ", left " + left + ", bottom " + bottom + ", right " + right + ")";
  }
}
